"""The one Django application."""

from django.apps import AppConfig


class ChangqingConfig(AppConfig):
    """Accounts, workspaces, the index of cases, and what people did."""

    name = "changqing_web"
    label = "changqing"
    default_auto_field = "django.db.models.BigAutoField"
