"""Mail to staff: numbers and the way to their page, never a question's text, topic or id.

The outbox asks each handler again right before sending; a handler that returns None has nothing to tell any more.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.urls import reverse

from advisors import doors, inviting
from advisors.models import Invitation, Person, Role
from askpeer import outbox
from askpeer.mail import Mail
from askpeer.outbox import Undeliverable
from questions import states
from questions.models import Question, Reminder, SafetyReport

Refs = dict[str, Any]

# Worst first: what a reminder of each kind says, for one question and for several.
LINES = {
    "late": ("1 question is past its promised time.", "{} are past their promised time."),
    "at_risk": ("1 question has little of its promised time left.", "{} have little of their promised time left."),
    "returned": ("1 claim went back to the queue, with its draft.", "{} claims went back to the queue, with drafts."),
    "full": ("1 question has used up the time of its stage.", "{} have used up the time of their stage."),
    "most": ("1 question has used most of the time of its stage.", "{} have used most of the time of their stage."),
    "half": ("1 question is halfway through the time of its stage.", "{} are halfway through the time of their stage."),
}
ALERTS = {
    "red": ("A red question is waiting", "A red question is waiting. Someone needs to read it within the hour."),
    "quarantine": (
        "Red words in quarantine",
        "Among what came in quarantine there are words that ask for red. Someone needs to look within the hour.",
    ),
    "report": ("An answer was reported", "An asker says that something is wrong with an answer. Please read it now."),
}


def digest(refs: Refs, *, key: str, now: datetime) -> Mail | None:
    """One person's reminders, counted; those whose stage has ended by now are left out."""
    person = _active(refs)
    kinds = Counter(_holding(refs["reminders"]).values_list("kind", flat=True))
    if person is None or not kinds:
        return None
    total = sum(kinds.values())
    subject = "1 question needs you" if total == 1 else f"{total} questions need you"
    lines = [_counted(kind, kinds[kind]) for kind in LINES if kinds[kind]]
    return _mail(person, subject, "\n".join(lines), doors.home_of(person), key)


def _counted(kind: str, count: int) -> str:
    one, several = LINES[kind]
    return one if count == 1 else several.format(count)


def _holding(pks: Iterable[int]) -> QuerySet[Reminder]:
    """The reminders among these that are still true: same stage, or same promise and still unanswered."""
    promise = Q(stage=0, question__status__in=states.PROMISED, round_number=F("question__round_number"))
    stage = Q(stage=F("question__version"))
    returned = Q(kind="returned", stage=F("question__version") - 1, question__status=states.OPEN)
    return Reminder.objects.filter(promise | stage | returned, pk__in=pks)


def red_question(refs: Refs, *, key: str, now: datetime) -> outbox.Delivery | None:
    """A red question: every supervisor and lead at once, each by a row of their own.

    Words sent after the answer, or after the question closed, can make it red too.
    """
    question = _question(refs)
    if question is None or question.level != states.RED:
        return None
    return _everyone("red", question, key=key, now=now)


def red_quarantine(refs: Refs, *, key: str, now: datetime) -> outbox.Delivery | None:
    """Red words in quarantine, told of once an hour: every supervisor and lead, each by a row of their own."""
    waiting = Question.objects.filter(quarantined=True, level=states.RED, status=states.NEW)
    roles = [Role.LEAD] if not waiting.filter(about_staff=False).exists() else [Role.LEAD, Role.SUPERVISOR]
    if not waiting.exists():
        return None
    people = Person.objects.filter(is_active=True, role__in=roles)
    return _told("quarantine", {}, [*people], key=key, now=now)


def safety_report(refs: Refs, *, key: str, now: datetime) -> outbox.Delivery | None:
    """Something wrong with an answer: every supervisor and lead at once."""
    question = _question(refs)
    if question is None or not SafetyReport.objects.filter(round__question=question, settled_at=None).exists():
        return None
    return _everyone("report", question, key=key, now=now)


def alert(refs: Refs, *, key: str, now: datetime) -> Mail | None:
    """One person's share of red_question, red_quarantine or safety_report."""
    person = _active(refs)
    if person is None or ("subject" in refs and _question(refs) is None):
        return None
    subject, sentence = ALERTS[refs["about"]]
    return _mail(person, subject, sentence, doors.home_of(person), key)


def invitation(refs: Refs, *, key: str, now: datetime) -> Mail | None:
    """The link of an invitation, made again from its id."""
    invited = Invitation.objects.filter(pk=refs["invitation"], accepted_at=None, expires_at__gt=now).first()
    if invited is None:
        return None
    link = settings.SITE_URL + reverse("advisors:invitation", args=[inviting.token_of(invited)])
    body = (
        f"Hello {invited.alias},\n\nYou are invited to join us. Choose a password here:\n{link}\n\n"
        f"The link works once, until {invited.expires_at:%-d %B}. If you expected no invitation, delete this mail."
    )
    return Mail(invited.email, "Your invitation", body, key)


def password_reset(refs: Refs, *, key: str, now: datetime) -> Mail | None:
    """The link to a new password, made only now, so that it waits in no table."""
    person = _active(refs)
    if person is None:
        return None
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(person)
    names = {"uidb36": user_pk_to_url_str(person), "key": token}
    link = settings.SITE_URL + reverse("account_reset_password_from_key", kwargs=names)
    body = (
        f"Hello {person.alias},\n\nChoose a new password here:\n{link}\n\n"
        "The link works once. If you did not ask for it, delete this mail: your password stays as it is."
    )
    return Mail(person.email, "A new password", body, key)


@dataclass(frozen=True)
class Each:
    """Puts one row for each person, so that a failed mail is tried again for that person alone."""

    put: Callable[[Person], None]
    people: list[Person]

    def send(self) -> None:
        for person in self.people:
            self.put(person)


def _everyone(about: str, question: Question, *, key: str, now: datetime) -> Each:
    return _told(about, {"subject": question.subject}, [*watching(question)], key=key, now=now)


def _told(about: str, refs: Refs, people: list[Person], *, key: str, now: datetime) -> Each:
    if not people:
        raise Undeliverable("nobody here may read this question")

    def put(person: Person) -> None:
        own = refs | {"person": str(person.pk), "about": about}
        outbox.put("staff-alert", key=f"{key}:{person.pk}", refs=own, now=now)

    return Each(put, people)


def watching(question: Question) -> QuerySet[Person]:
    """Everybody who may see this question to check it; cases about staff are the lead's alone."""
    roles = [Role.LEAD] if question.about_staff else [Role.SUPERVISOR, Role.LEAD]
    return Person.objects.filter(is_active=True, role__in=roles).exclude(recusals__question=question)


def _active(refs: Refs) -> Person | None:
    return Person.objects.filter(pk=refs["person"], is_active=True).first()


def _question(refs: Refs) -> Question | None:
    pk = refs["subject"].removeprefix("question:")
    return Question.objects.filter(pk=pk).exclude(status=states.WITHDRAWN).first()


def _mail(person: Person, subject: str, body: str, path: str, key: str) -> Mail:
    return Mail(person.email, subject, f"Hello {person.alias},\n\n{body}\n\n{settings.SITE_URL}{path}\n", key)
