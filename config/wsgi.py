"""The web process. It refuses to serve a database that its checks find unfit (askpeer/checks.py)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# The apps above must be loaded first. The views come before the first request and, preloaded, once for all workers.
from askpeer import checks  # noqa: E402
from config import urls  # noqa: E402, F401

checks.refuse_to_serve_unfit()
