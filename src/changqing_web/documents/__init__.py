"""申报材料: drafted, filled in where they stand, edited in Word, stamped, made.

`written.load_writings` judges a case and composes its dossier once for all pages.
`views.show_dossier` lists the documents, `page_views.show_document` is one of them with
the fields of `in_place`, and `views.make_documents` has them made in the background.
"""
