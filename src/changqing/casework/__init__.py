"""The life of a case: what happened, where it stands, and what comes next.

`events.Journal` reads what was recorded, `stages.replay_events` says where that leaves
a case, `record.record` adds to it, and `dates` names what comes next, by when and by
whom.
"""
