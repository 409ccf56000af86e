"""公开查询: what a person looks up elsewhere, saves as a page, and adds to a case.

`views.show_lookups` is the page: the looks that would settle something, each with its
steps and a form for the pages that were saved. What a page proves is read by
`changqing.papers.keep_look_page`.
"""
