"""What is handed to people: the report, the summary in the terminal, the JSON.

`view` gives the JSON that the other two render, so they can never disagree. What reads
files that a person wrote is imported when it is first asked for.
"""
