"""The report of an assessment: what a person is shown of it, and its faces.

`build.build_report` makes a `model.CaseReport` out of an assessment, its plan and its
outlook; whatever is counted or worded is counted and worded there, once. Its faces only
read it: `html.render_report` is the page, `terminal.print_summary`, `topic.print_topic`
and `outlook.print_outlook` are the terminal, `codec.write_json` is the JSON, which
`parse.parse_report` reads back for the web.
"""
