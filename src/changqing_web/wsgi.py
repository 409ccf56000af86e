"""What a server of pages calls."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "changqing_web.settings")
application = get_wsgi_application()
