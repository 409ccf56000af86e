"""What was seen: records and gaps, their log, and one value of each fact.

`open.open_case` opens a case folder, `records.records_of` makes records of what it
says, `ledger` keeps them, and `resolve.resolve` gives each fact one claimed and one
proven value for a day.
"""
