"""What a verb says when it will not. Each carries a sentence that a person can act on."""

from django.utils.translation import gettext as _


class Refused(Exception):
    """The act is not allowed, or the input is not usable. str() is the sentence to show."""


class Misfit(Refused):
    """What was typed in one field will not do."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class Stale(Refused):
    """Somebody was first: the row is not as the caller saw it. Show both states and ask again."""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or _("Someone else was a moment faster. Here is how it stands now."))


class Erased(Refused):
    """The key that would open this is gone, and the words with it."""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or _("This has been erased."))
