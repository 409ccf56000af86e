"""Rows → verdicts → explanation → errands: judgement as a pure function."""
