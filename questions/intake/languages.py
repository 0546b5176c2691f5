"""The languages people can ask and read in: the service's own, and those switched on while people speak them."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language_info

from questions.intake import kept
from questions.intake.models import OfferedLanguage
from questions.models import Question


def offered() -> list[str]:
    """The codes, the service's own first."""
    return [settings.LANGUAGE_CODE, *(code for code, (_country, is_on) in _others().items() if is_on)]


def is_offered(code: str) -> bool:
    return code == settings.LANGUAGE_CODE or code in offered()


def country_of(code: str) -> str:
    """Whose crisis services stand on pages in this language, also after it was switched off.

    "" for the service's own language: where the service is, its calendar says.
    """
    return "" if code == settings.LANGUAGE_CODE else _others().get(code, ("", False))[0]


def countries() -> list[str]:
    """The countries of the other languages that are offered."""
    return list(dict.fromkeys(country for country, is_on in _others().values() if is_on))


def name_of(code: str) -> str:
    """How staff read of a language, e.g. "Dutch"."""
    return get_language_info(code)["name"]


def current() -> str:
    """The code of the language this page is in."""
    return (translation.get_language() or settings.LANGUAGE_CODE)[:2]


def speak_to_asker_of(question: Question) -> None:
    """Whoever asked goes on reading in the language they asked in, where nobody else is offered it any more."""
    go_on_in(question.language)


def go_on_in(code: str) -> None:
    """Speak a language that somebody began in, where it has been switched off since."""
    if code in dict(settings.LANGUAGES) and not is_offered(code):
        translation.activate(code)


def _others() -> dict[str, tuple[str, bool]]:
    return kept.value("languages", _read)


def _read() -> dict[str, tuple[str, bool]]:
    """Country, and whether it is on, of each of the other languages that the screens can speak."""
    rows = OfferedLanguage.objects.filter(code__in=dict(settings.LANGUAGES)).exclude(code=settings.LANGUAGE_CODE)
    return {row.code: (row.country, row.since is not None) for row in rows.order_by("code")}
