"""The life of a case: what happened, where it stands, and what comes next.

Most commands need a part of it: each is imported when it is first asked for.
"""
