"""The same papers as Word documents and workbooks, as people type them."""

from __future__ import annotations

from io import BytesIO
from random import Random

from docx import Document
from openpyxl import Workbook

from training.papers import Content


def write_word(content: Content, dice: Random) -> bytes:
    """Write a Word document: pairs in a table or as lines, lists as tables."""
    document = Document()
    document.add_heading(content.title, level=1)
    if dice.random() < 0.5:
        table = document.add_table(rows=0, cols=2)
        for pair in content.pairs:
            cells = table.add_row().cells
            cells[0].text, cells[1].text = pair.label, pair.cell.words
    else:
        for pair in content.pairs:
            document.add_paragraph(f"{pair.label}：{pair.cell.words}")
    for rows in content.lists:
        table = document.add_table(rows=1, cols=len(rows.heads))
        for cell, head in zip(table.rows[0].cells, rows.heads, strict=True):
            cell.text = head
        for row in rows.rows:
            for cell, said in zip(table.add_row().cells, row, strict=True):
                cell.text = said.words
    if content.issuer:
        document.add_paragraph(content.issuer)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def write_workbook(content: Content, dice: Random) -> bytes:
    """Write a workbook of one sheet: title, pairs, then the lists."""
    book = Workbook()
    sheet = book.worksheets[0]
    first = dice.choice([1, 2])
    sheet.cell(row=1, column=first, value=content.title)
    line = 3
    for pair in content.pairs:
        sheet.cell(row=line, column=first, value=pair.label)
        sheet.cell(row=line, column=first + 1, value=pair.cell.words)
        line += 1
    for rows in content.lists:
        line += 1
        for number, head in enumerate(rows.heads):
            sheet.cell(row=line, column=first + number, value=head)
        for row in rows.rows:
            line += 1
            for number, said in enumerate(row):
                sheet.cell(row=line, column=first + number, value=said.words)
        line += 1
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()
