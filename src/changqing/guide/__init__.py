"""What a person asks before and beside a case: a first case, a question, an answer.

A command needs one of them: each is imported when it is first asked for.
"""
