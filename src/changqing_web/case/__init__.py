"""项目: the overview of a case, its head, its days, its record, and putting it away.

`views.show_case` is the first page of a case. All its pages draw by
`charts.make_case_page` and stand under the head that `head` words.
"""
