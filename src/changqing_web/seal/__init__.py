"""封存包: a case in one file that others can check, and checking such a file.

`views.begin_sealing` and `views.take_bundle` begin the jobs of
`changqing_web.work.seal`; `bundles` says where bundles lie,
`checking.check_bundle` tells a check in words.
"""
