"""What was seen: records and gaps, their log, and one value of each fact.

`records.list_records` makes records of what a case folder says, `ledger` keeps them,
and `resolve.resolve` gives each fact one claimed and one proven value for a day.
"""
