"""登记册: what runs over a whole register say, for a regulator or a large agency.

An operator puts a run (`changqing screen`) into the folder that `place` names; `runs`
finds it, `figures` counts it, `views` shows it. Only `views` and `place` load without
the extra `bulk`.
"""
