"""What a person asks before and beside a case: a first case, a question, an answer.

`ask.Questions` answers in a person's own words, `classify` says which licence a
business needs, `materials` and `procedure` which papers and which days, `interview`
begins a case.
"""
