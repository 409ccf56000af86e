"""Whose account it is that somebody from the provider may enter."""

from __future__ import annotations

from typing import Any

import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest

from changqing_web.accounts.adapter import create_workspace, take_invitation
from changqing_web.oidc.configuration import get_oidc
from changqing_web.oidc.refusals import SignInRefusal, refuse


class Binding(DefaultSocialAccountAdapter):
    """Finds the account of whoever the provider names, or refuses in words.

    At first by the address, which both sides must have verified; from then on by the
    provider's own name for the person (`sub`), which is never given to another.
    """

    def authenticate_by_email(
        self, sociallogin: SocialLogin
    ) -> tuple[User, str] | None:
        """Find the account whose verified address is the one the provider verified.

        Unless it belongs to another of the provider's users: an address may be given
        to a successor. Both are in small letters, and compared as they are: a database
        that folds case takes other signs for letters too (ı for i).
        """
        for address in sociallogin.email_addresses:
            own = (
                EmailAddress.objects.filter(email=address.email, verified=True)
                .select_related("user")
                .first()
            )
            if address.verified and own and not _is_bound(own.user, sociallogin):
                return own.user, own.email
        return None

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Refuse whom no account is for; called when the account was looked up."""
        if sociallogin.is_existing:
            return
        addresses = sociallogin.email_addresses
        if not addresses:
            raise refuse(request, SignInRefusal.NO_ADDRESS)
        if not addresses[0].verified:
            raise refuse(request, SignInRefusal.UNVERIFIED)
        email = addresses[0].email
        verified = EmailAddress.objects.filter(email__iexact=email, verified=True)
        if verified.exists():
            raise refuse(request, SignInRefusal.ANOTHER)
        has_it = Q(email__iexact=email) | Q(username__iexact=email)
        accounts_named = EmailAddress.objects.filter(email__iexact=email)
        if accounts_named.exists() or User.objects.filter(has_it).exists():
            raise refuse(request, SignInRefusal.UNPROVEN_HERE)
        if not get_oidc().opens_accounts:
            raise refuse(request, SignInRefusal.UNKNOWN)

    def is_open_for_signup(
        self, request: HttpRequest, sociallogin: SocialLogin
    ) -> bool:
        """Open signing up only where the operator says so."""
        return get_oidc().opens_accounts

    def save_user(
        self, request: HttpRequest, sociallogin: SocialLogin, form: object = None
    ) -> User:
        """Keep a new user, in no workspace but the one that an invitation leads to."""
        with transaction.atomic():
            user: User = super().save_user(request, sociallogin, form)
            invited = take_invitation(
                request, user, str(sociallogin.state.get("next") or "")
            )
            if not invited and settings.SIGNUP_OPEN:
                create_workspace(user, name=user.email.partition("@")[0])
        return user

    def get_requests_session(self) -> requests.Session:
        """Ask the provider at the very addresses it names: no redirect is followed."""
        session: requests.Session = super().get_requests_session()
        session.max_redirects = 0
        return session

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: object,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Say in words what went wrong before anybody was named."""
        if error == AuthError.CANCELLED:
            raise refuse(request, SignInRefusal.CANCELLED)
        if exception is None and "state_id" in (extra_context or {}):
            raise refuse(request, SignInRefusal.STATE)
        raise refuse(request, SignInRefusal.PROVIDER)


def find_bound(user: User) -> SocialAccount | None:
    """Find who of the provider that is set up now may enter an account, if anybody."""
    account: SocialAccount | None = SocialAccount.objects.filter(
        user=user, provider=get_oidc().issuer
    ).first()
    return account


def _is_bound(user: User, sociallogin: SocialLogin) -> bool:
    """Whether an account belongs to somebody of this provider already."""
    exists: bool = SocialAccount.objects.filter(
        user=user, provider=sociallogin.account.provider
    ).exists()
    return exists
