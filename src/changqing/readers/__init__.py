"""Reading what people bring: pure functions from files and kept pages to facts.

`capture.capture_paper_apart` makes a `Reading` of the bytes of any paper, and what is
proposed from it follows in `propose`; `saved_page.read_saved_page` reads a page that a
person saved.
"""
