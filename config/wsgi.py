"""The web process. It refuses to serve a database that its checks find unfit (askpeer/checks.py)."""

import logging
import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

django = get_wsgi_application()

# The apps above must be loaded first. The views come before the first request and, preloaded, once for all workers.
from askpeer import checks, middleware  # noqa: E402
from config import urls  # noqa: E402, F401

checks.refuse_to_serve_unfit()
connections.close_all()  # a server that loads us before it forks hands no connection on to its workers


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a request. What fails even on the way to an error page ends here: a server's own line quotes addresses."""
    if "CONTENT_TYPE" in environ:
        environ["CONTENT_TYPE"] = middleware.without_charset(environ["CONTENT_TYPE"])
    try:
        return django(environ, start_response)
    except Exception:
        logging.getLogger("askpeer.errors").exception("request")
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]
        start_response("500 Internal Server Error", headers, sys.exc_info())
        return [b"Something went wrong on our side. Please try again."]
