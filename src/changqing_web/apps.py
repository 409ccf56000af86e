"""The one Django application."""

from django.apps import AppConfig
from django.core.checks import register


class ChangqingConfig(AppConfig):
    """Accounts, workspaces, the index of cases, and what people did."""

    name = "changqing_web"
    label = "changqing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have wrong settings found."""
        from changqing_web.checks import TAG, check_oidc

        register(check_oidc, TAG)
