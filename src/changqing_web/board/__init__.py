"""项目总览: who must act next and by when, and work on many clients at once.

`views.show_board` lists the cases from the index alone; its columns are those of
`changqing.agency.columns`, which `columns` brings to database and API.
`client_views.show_clients` works on many cases at once, `clients.look_at_all` in the
background.
"""
