"""In which language a visitor is spoken to."""

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

from questions.intake import languages


class OfferedLocaleMiddleware(LocaleMiddleware):
    """The language that a visitor's cookie or browser asks for, where the service offers it; else the service's own."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        if not _is_offered(languages.current()):
            translation.activate(settings.LANGUAGE_CODE)
            request.LANGUAGE_CODE = settings.LANGUAGE_CODE


def _is_offered(code: str) -> bool:
    try:
        return languages.is_offered(code)
    except DatabaseError:
        return False  # an error page and /health/ have to stand without a database
