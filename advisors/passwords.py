"""Words that nobody here may build a password on: whoever guesses begins with them."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError

from advisors.models import Person

OURS = frozenset({"askpeer", "advisor", "supervisor", "safeguarding", "peeradvisor", "notes"})
LEFT = 8  # characters that have to stand beside such words


class NotOurWords:
    """A password that is little more than the service's name, its address or a role is refused."""

    def validate(self, password: str, user: Person | None = None) -> None:
        rest = password.casefold()
        for word in sorted(OURS | _of_the_address(), key=len, reverse=True):
            rest = rest.replace(word, "")
        if len(rest) < LEFT < len(password.casefold()) and rest != password.casefold():
            raise ValidationError("This password leans on words of the service itself. Choose others.")

    def get_help_text(self) -> str:
        return "Not the service's own name, its address or a role here."


def _of_the_address() -> set[str]:
    """The parts of our own host name that are long enough to be a word."""
    host = urlsplit(settings.SITE_URL).hostname or ""
    return {part for part in host.casefold().split(".") if len(part) > 3}
