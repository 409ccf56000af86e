"""Many cases in one folder: who must act, clients in and out, what came of it.

`index.build_board` reads a folder of cases into rows; what a field of `rows.BoardRow`
says of itself makes every list of them (`columns`, `tabulate`). `workbook` writes and
reads tables of clients, `outcomes` counts what came of applications.
"""
