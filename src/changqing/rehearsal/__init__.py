"""Small servers on 127.0.0.1 that play the outside world in rehearsals.

`rehearse.rehearse_examples` looks at the examples and assesses them;
`live.serve_folder` serves the site, the registries and the name servers of one example
while a block runs.
"""
