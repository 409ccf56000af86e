"""Looking again on a schedule: what lapsed since last time, told once.

`watch.watch` makes one round over case folders, `signs` says what counts as a lapse,
and `journal` keeps what lapsed and recovered.
"""
