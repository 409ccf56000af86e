"""Telling people what is due and what lapsed: by mail, robots and calendar, once.

`due.list_due_notices` finds what is due, `outbox.Outbox` keeps each notice until it was
sent, and `deliver.deliver_pending` sends a person's in one message by the channels of
`settings`.
"""
