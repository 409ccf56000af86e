"""Many cases in one folder: who must act, clients in and out, what came of it.

Each command needs a part of it: it is imported when it is first asked for.
"""
