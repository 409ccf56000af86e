"""The papers of a case, from a folder of files to values that a person has settled.

`read.read_papers` reads what nobody has read yet and keeps it as evidence,
`settle.list_settlements` says what each paper shows beside what the case says, and
`accept.settle_paper` writes what a person takes into `case.yaml` and the log.
`open.open_case` opens a case with its papers compared: `comparisons.compare_papers`
holds every typed value against them. `start.sort_files` tells what a first case needs
from nothing but files.
"""
