"""Signing in at a company's own identity provider, by OpenID Connect.

`configuration.read_oidc` reads what the operator set, `provider` and `flow` speak with
the provider through django-allauth, and `binding` decides whose account it is. Nothing
but `configuration` is imported before the operator has set it up: the packages are
those of the extra `oidc`.
"""
