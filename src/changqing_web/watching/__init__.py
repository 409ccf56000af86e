"""监测: what lapsed and for how long, and who is told of it.

`views.show_watching` shows what `changqing.watch` knows of a case and sets how often it
is looked at; `notice_views.show_notices` sets who is told, for a whole workspace.
"""
