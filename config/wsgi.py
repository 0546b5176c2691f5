"""The web process. It refuses to serve a database that its checks find unfit (askpeer/checks.py)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from askpeer import checks  # noqa: E402  (the apps above must be loaded first)

checks.refuse_to_serve_unfit()
