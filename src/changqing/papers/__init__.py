"""The papers of a case: what they show, and what a person has settled of it.

`gather.gather_files` opens a folder or zip that somebody hands over,
`settle.list_settlements` says what each paper shows beside what the case says, and
`accept.settle_paper` writes what a person takes into `case.yaml` and the log.
"""
