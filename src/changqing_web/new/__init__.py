"""新建: a case from twelve answers, from nothing but papers, or beside another one.

`views.answer_form` asks the twelve questions and makes the case by
`views.create_case`, as the API does; `paper_views.take_files` keeps files in
`starts`, from which a job makes it; `another_views` begins another case of a
company that has one.
"""
