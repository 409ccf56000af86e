"""指南: licences, papers, procedures, questions and law, each citable by address.

`views` has the pages by licence, paper and procedure, `law_views` the law and its
criteria; `parts.render_guide_page` is the frame of all, `search.search_guide` looks
through them. All of it is read from the catalogue; no case is judged here.
"""
