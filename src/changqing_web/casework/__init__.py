"""办理: stage and days after handing in, notices of correction, the annual report.

`views.show_casework` shows where a case stands and records what happened, by `forms`;
`correction_views` answers a notice line by line, `annual_views` has the annual report.
What is recorded is an event of `changqing.casework`; `words` says it.
"""
