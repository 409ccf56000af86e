"""Reading what people bring: pure functions from kept pages to facts.

`saved_page.read_saved_page` reads a page that a person saved,
`sheet.read_sheet_apart` the first sheet of a workbook.
"""
