"""The report of an assessment: one page, the terminal and the JSON."""
