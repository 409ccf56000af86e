"""审查: what a reviewer of a case sees and marks.

`views` has the pages, `sheet` what the sheet is made of, `marks` how marks are kept.
"""
