"""退回统计: what the cases of a workspace came back for.

`views.show_returns` is its only page; `changqing.casework.returns` counts.
"""
