"""要材料: letters to many clients at once; asked before, it reminds.

`views` has the pages, `letters` the work in the background.
"""
