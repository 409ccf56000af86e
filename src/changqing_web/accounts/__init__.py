"""Coming in, one's own account, who is in a workspace, invitations and tokens."""
