"""结论: every criterion asked twice, and where on the pages it is mended.

`views.show_findings` is the table; `mending.find_mending` leads from a finding to the
question, the paper or the look that settles it.
"""
