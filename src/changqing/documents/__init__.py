"""What is handed in: documents from a case, in Word and PDF.

`documents.write_documents` composes them from a judged case, `crosscheck.cross_check`
holds them against each other, and `render.render_documents` makes files of them.
"""
