"""事实: what is asked, said, listed and answered, by the company and by its client.

`questions` makes a `fact_field.FactField` of each question a case is asked. Three pages
show them: `views` to the company, by dimension; `answer_views` to its client, who sees
nothing else; `list_views` as tables of people, services and holders. What was said is
logged and judged by `said`; what is typed and not handed in yet lies in `drafts`.
"""
