"""What is said, after something was sent, to somebody who may not be safe or who writes about somebody who works here.

The asker's own pages and partners' pages say the same, and neither says why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from askpeer import calendars
from questions import states
from questions.intake import helping, oncall, sentences
from questions.intake.helping import Helper
from questions.models import Question


@dataclass(frozen=True)
class Safe:
    """Are you safe right now? Sentence by sentence: hurt may hold a link, unread is "" where somebody reads it soon."""

    hurt: str
    saved: str
    unread: str
    awake: str
    aloud: str
    elsewhere: str
    helpers: list[Helper]

    @property
    def title(self) -> str:
        return are_you_safe()

    @property
    def text(self) -> str:
        """Every sentence that stands before the services, without a link."""
        said = [unescape(strip_tags(self.hurt)), self.saved, self.unread, self.awake, self.aloud, self.elsewhere]
        return " ".join(filter(None, said))


def safe(question: Question, helpers: list[Helper], *, now: datetime) -> Safe:
    """What a question that was just sent is answered with first, unless it is green; helpers are those awake now."""
    nation, opens = question.nation or "", calendars.current().next_open(now)
    saved, unread = _saved(question, opens, now)
    awake = _("These people are awake now.") if opens > now else _("These people can talk with you now.")
    return Safe(
        hurt=helping.hurt(nation),
        saved=saved,
        unread=unread,
        awake=awake if helpers else "",
        aloud=_("If you can't talk out loud, text or chat.") if helpers else "",
        elsewhere=_elsewhere(nation, helpers),
        helpers=helpers,
    )


def _saved(question: Question, opens: datetime, now: datetime) -> tuple[str, str]:
    """That it is saved, and who reads it when."""
    if opens <= now:
        return _("Your question is saved. Someone here reads it first."), ""
    if oncall.is_anybody(question, now=now):
        on_call = _(
            "Your question is saved. We're closed, but someone is on call. They will try to read it within the hour."
        )
        return on_call, ""
    unread = _("Nobody here reads this before {opens}.").format(opens=sentences.soon(opens, now=now))
    return _("Your question is saved."), unread


def _elsewhere(nation: str, helpers: Sequence[Helper]) -> str:
    if not helpers:
        return unknown_there()
    return "" if nation else _("Not in this country? Ring the emergency number where you are.")


def are_you_safe() -> str:
    """Above everything else, for somebody who may not be safe."""
    return _("Are you safe right now?")


def there_now() -> str:
    """Said to somebody who only looks around, before those who are named."""
    return _("You don't have to wait for us. These people are there for you now.")


def unknown_there() -> str:
    """Where to turn to for somebody whose country's services we do not know."""
    return _(
        "We don't know the help lines there. If you're in danger, ring the emergency number where you are. Or go to "
        "someone you trust and tell them."
    )


def people(question: Question) -> str:
    """Above those who are named on a question's page; for a redirected one they know more than us."""
    return _("People who can help") if question.status == states.REDIRECTED else _("People you can reach now")


@dataclass(frozen=True)
class Beside:
    """What a question's page says before anything else, in a title and a text."""

    title: str
    text: str


def beside(question: Question, own: Sequence[Helper]) -> Beside | None:
    """What is said first where a question stands, unless it is green.

    own are our crisis services for its asker: who else is named there, of its topic or a partner, takes no advice away.
    """
    if question.level == states.GREEN:
        return None
    not_alone = _("You don't have to wait for us. Talk to someone now.")
    return Beside(people(question), not_alone) if own else Beside(not_alone, unknown_there())


def outside(question: Question, helpers: Sequence[Helper], *, is_new: bool = False) -> str:
    """Who reads what is about somebody who works here, and that these helpers have nothing to do with us."""
    return f"{_reader(question, is_new)} {_nothing_to_do_with_us() if helpers else unknown_there()}"


def outside_beside(question: Question, own: Sequence[Helper]) -> str:
    """The same on a page that says beside() first: where to turn to, which stands there already, is not said again."""
    return outside(question, own) if own or question.level == states.GREEN else _later_reader(question)


def _reader(question: Question, is_new: bool) -> str:
    if not is_new:
        return _later_reader(question)
    if question.about_lead:
        return _(
            "The person in charge of keeping people safe can't read this. A trustee does. That is someone who checks "
            "on us all."
        )
    only = _("Only one person reads this: the one in charge of keeping people safe here.")
    better = _("Is it about that person? Then someone outside is better.")
    return f"{only} {better}"


def _later_reader(question: Question) -> str:
    if question.about_lead:
        return _(
            "From now on, a trustee looks after this. That is someone who checks on us all. The person in charge of "
            "safety here can't read it."
        )
    return _("From now on, only the person in charge of safety here looks after this.")


def _nothing_to_do_with_us() -> str:
    return _("If you'd rather tell someone outside, these people have nothing to do with us.")


def nobody_reads(helpers: Sequence[object]) -> str:
    """Where there is no trustee for what is about the lead."""
    nobody = _("Nobody else here can read about that person right now. Please talk to someone outside.")
    people_outside = _("These people have nothing to do with us.")
    return f"{nobody} {people_outside if helpers else unknown_there()}"
