"""证据: papers taken in, read, settled, shown to few, taken out and erased.

`views.show_evidence` lists papers and records, `paper_views.show_paper` is one paper,
`reading_views` settles what was read in it (`settling`). Papers come in by
`uploads.keep_paper`; one about a person goes out only after `access.note_access`, and
ends by `erasing`.
"""
