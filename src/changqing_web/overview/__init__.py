"""监测 over all cases: what lapsed, what is unknown, how many are never watched.

`views.show_watching` is its only page.
"""
