"""How long a password must be, said in the language of the page.

Django's own sentence of it has no Chinese translation.
"""

from __future__ import annotations

from django.contrib.auth.password_validation import MinimumLengthValidator

from changqing_web.language import t


class LengthValidator(MinimumLengthValidator):
    """Refuse a password that is too short."""

    def get_error_message(self) -> str:
        """Say how long it must be."""
        return t(
            f"这个密码太短，至少要{self.min_length}个字符。",
            f"This password is too short: it takes at least {self.min_length} "
            "characters.",
        )
