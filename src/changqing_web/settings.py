"""Settings, from the environment; every default is fit for one machine on loopback.

CHANGQING_HOME       folder of cases, database and secret
CHANGQING_REGISTERS  folder of the runs over a register that pages show, one folder for
                     each workspace; registers in the home folder by default
DATABASE_URL         postgres://… or sqlite:///…; SQLite in the home folder by default
CHANGQING_QUEUE      redis://… or a database address; SQLite by default
CHANGQING_HOSTS      names under which the application is reached, by commas; a port
                     that is not the usual one stands after its name: cases.example:8443
CHANGQING_HTTPS      1 behind HTTPS: secure cookies, HSTS, redirect
CHANGQING_SECRET     the secret, when no file is wanted
CHANGQING_SIGNUP     open: anybody may make an account; else by invitation alone
CHANGQING_PROXIES    how many proxies of ours stand before it (0): who asks is counted
                     by the address that the first of them saw
CHANGQING_TIME_AUTHORITY  a time-stamping authority (RFC 3161) asked at each sealing
CHANGQING_DELETION_NOTICE_DAYS  how many days before papers about persons are deleted
                     the pages say so (14)
CHANGQING_JOB_SECONDS  after how long work in the background is ended (1800)
CHANGQING_PAGE_SECONDS  how long a page may wait for a file or text to be read (20)
CHANGQING_METRICS    the token that /metrics asks for; without it there is no such page
CHANGQING_OIDC_…     signing in at a provider of identities; see `oidc.configuration`
CHANGQING_FROM       the sender of letters
EMAIL_URL            smtps://user:password@host:port; the console by default. With it
                     new accounts prove their address before they are let in
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import dj_database_url
from django.http.request import split_domain_port

import changqing.report
from changqing_web.home import find_home, find_registers, load_or_make_secret
from changqing_web.mail import mail_settings
from changqing_web.oidc.configuration import APPS, read_oidc, write_settings

if TYPE_CHECKING:
    from changqing.net.model import NetSettings

HERE = Path(__file__).parent
HOME = find_home()
CASES = HOME / "cases"
REGISTERS = find_registers(HOME)
SECRET_KEY = os.environ.get("CHANGQING_SECRET") or load_or_make_secret(HOME)
METRICS_TOKEN = os.environ.get("CHANGQING_METRICS", "")
TIME_AUTHORITY = os.environ.get("CHANGQING_TIME_AUTHORITY", "")
DEBUG = False
NET: NetSettings | None = None  # how looks may use the network; None: as by default
HTTPS = os.environ.get("CHANGQING_HTTPS") == "1"
_PLACES = [n for n in os.environ.get("CHANGQING_HOSTS", "").split(",") if n]
PORTS = dict(map(split_domain_port, _PLACES))  # by name; "" where it is the usual one
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *PORTS]
CSRF_TRUSTED_ORIGINS = [f"https://{place}" for place in _PLACES] if HTTPS else []

INSTALLED_APPS = [
    "changqing_web.apps.ChangqingConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
OIDC = read_oidc(os.environ)
if OIDC is not None and OIDC.is_usable:
    INSTALLED_APPS += APPS
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "changqing_web.safety.ContentPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "changqing_web.language.SpokenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "changqing_web.limits.LimitRequests",
    "changqing_web.errors.TellErrors",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "changqing_web.urls"
WSGI_APPLICATION = "changqing_web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates", *sorted(HERE.glob("*/templates"))],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["changqing_web.templatetags.changqing"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "changqing_web.walls.provide_here",
            ],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL") or f"sqlite:///{HOME / 'changqing.db'}",
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [
    HERE / "static",
    *sorted(HERE.glob("*/static")),
    ("report", Path(changqing.report.__file__).with_name("static")),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "changqing_web.accounts.passwords.LengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "/account/login/"
SIGNUP_OPEN = os.environ.get("CHANGQING_SIGNUP") == "open"
ACCOUNT_ADAPTER = "changqing_web.accounts.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# With a mail server every new account proves its address by a code that is sent there.
MAIL = bool(os.environ.get("EMAIL_URL"))
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if MAIL else "none"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = MAIL
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = MAIL
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[长青] "
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
# Tries of one address, and tries of one address on one account: whoever guesses at
# an account must not lock its owner out. See `accounts.Adapter` and `limits`.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
PROXIES = int(os.environ.get("CHANGQING_PROXIES") or 0)
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
globals().update(write_settings(OIDC))
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Changqing"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "changqing_web.errors.answer_forbidden"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$"]  # asked on the machine itself
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
X_FRAME_OPTIONS = "DENY"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

JOB_SECONDS = float(os.environ.get("CHANGQING_JOB_SECONDS") or 1800)
PAGE_SECONDS = float(os.environ.get("CHANGQING_PAGE_SECONDS") or 20)
DELETION_NOTICE_DAYS = int(os.environ.get("CHANGQING_DELETION_NOTICE_DAYS") or 14)
UPLOAD_LIMIT = 20 * 1024 * 1024
REQUEST_LIMIT = 210 * 1024 * 1024  # several papers, or a bundle to be verified
PUBLIC_REQUEST_LIMIT = 64 * 1024 * 1024  # a bundle that somebody without an account has
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "changqing_cache",
    }
}
globals().update(mail_settings(os.environ.get("EMAIL_URL")))
DEFAULT_FROM_EMAIL = os.environ.get("CHANGQING_FROM", "changqing@localhost")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # A refused address may hold the secret of a link: it is not written down.
    "loggers": {"django.request": {"level": "ERROR"}},
}
