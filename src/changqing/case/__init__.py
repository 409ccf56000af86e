"""What an applicant says: its `case.yaml`, and the papers and saved pages beside it.

`read.read_case` reads a folder and checks it to the last field, `model.Case` is what
it gives, and `edit` is the one way in which the file is changed.
"""
