"""查找: one box finds projects, what a project holds, and pages of the guide.

`found.find_everything` finds, `lacking` lists the cases that lack one thing; `views`
shows both.
"""
