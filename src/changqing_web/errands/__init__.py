"""待办: what to do by when, who does it, and what it would change.

`views.show_errands` shows the plan of a case, `marks.ErrandMarks` keeps what people
note on it, and `supposing.suppose_remedies` judges the case as if some of it were done.
"""
