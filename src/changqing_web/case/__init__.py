"""项目: the overview of a case, its head, its days, its record, and putting it away."""
