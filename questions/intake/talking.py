"""The sheet to print, for a talk about it with somebody the asker trusts."""

import re

from django.utils.translation import gettext as _

from questions.intake.cards import LABELS
from questions.intake.reading import Thread


def first_draft(thread: Thread) -> str:
    """What the sheet says until the asker changes it: their own words, then the answer's. Plain text."""
    opening = thread.messages[0]
    mine = [opening.text, ", ".join(str(LABELS[card]) for card in opening.cards), *opening.timeline]
    parts = [_("What is going on for me:"), *filter(None, mine)]
    if thread.answer:
        parts += [_("What somebody wrote to me:"), plain(thread.answer.text)]
    return "\n\n".join([*parts, _("What I'd like to happen next:")])


def plain(markdown: str) -> str:
    """An answer without its marks: links keep their words and address, lists their dashes."""
    text = re.sub(r"\[([^\]\n]{1,300})\]\((https?://[^)\s]{1,300})\)", r"\1 (\2)", markdown)
    return re.sub(r"\*\*?|__|^#{1,4} ", "", text, flags=re.MULTILINE)
