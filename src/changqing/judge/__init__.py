"""Rows → verdicts → explanation → errands: judgement as a pure function.

`assess.Judge` is made of a catalogue once and gives a `model.Assessment` for each
`model.Situation`; `errands.plan_errands` says what to do about it, and by when.
"""
