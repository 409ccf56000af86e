"""Settings of the tests: everything in a folder that goes away."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

from tests.needs import find_quick_disk

_folder = tempfile.mkdtemp(prefix="changqing-web-", dir=find_quick_disk())
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["CHANGQING_HOME"] = _folder
os.environ["CHANGQING_SECRET"] = "for tests alone"
# The tests never touch a database that somebody works with.
os.environ["DATABASE_URL"] = os.environ.get("CHANGQING_TEST_DATABASE", "")

from changqing_web.settings import *  # noqa: E402, F403

# Tests set the provider, each its own: see web_provider. Here is none, as by default.
INSTALLED_APPS += ["allauth.socialaccount", "changqing_web.oidc"]  # noqa: F405

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
