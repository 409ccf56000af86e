"""Coming in, one's own account, who is in a workspace, invitations and tokens.

`views` opens the workspace of who is signed in and follows links that open once,
`member_views` invites, `token_views` makes tokens of the API; `adapter` says how an
account is made and what it gets.
"""
