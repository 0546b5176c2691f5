"""Mail to staff: numbers and the way to their page, never a question's text, topic or id.

The outbox asks each handler again right before sending; a handler that returns None has nothing to tell any more.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.urls import reverse

from advisors import alerting, doors, inviting, roles
from advisors.models import Invitation, Person, Role
from advisors.safeguarding.models import BrokenGlass, Check, Concern
from advisors.signoff import locking, seeing
from advisors.signoff.models import Escalation
from advisors.team import debriefing, expiring, supporting
from advisors.team.models import Debrief, SupportCall
from askpeer import outbox
from askpeer.mail import Mail
from askpeer.outbox import Undeliverable
from questions import holding, states
from questions.intake import oncall
from questions.intake.models import OfferedLanguage
from questions.models import LockedNote, Question, Reminder, SafetyReport

Refs = dict[str, Any]
LOOK_AGAIN = timedelta(hours=1)  # the hours may be changed meanwhile

# Worst first: what a reminder of each kind says, for one question and for several.
LINES = {
    "again": (
        "1 question missed its new date too. One of you writes it now.",
        "{} missed their new date too. One of you writes each of them now.",
    ),
    "at_risk_again": (
        "1 question has little time left until its new date.",
        "{} have little time left until their new dates.",
    ),
    "undated": (
        "1 question is past its promised time and still has no new date.",
        "{} are past their promised time and still have no new date.",
    ),
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
    "escalated": ("A draft needs you", "A reviewer gave you a draft to look at. It waits for you or a deputy."),
    "support": ("Somebody needs you", "Somebody on the team asked for support. Please go to them now, or say who can."),
    "support_again": (
        "Somebody is still waiting",
        "Somebody on the team asked for support, and nobody has come yet. Please go to them now.",
    ),
    "debrief": (
        "Somebody would like to talk",
        "Somebody on the team would like to talk something through with you. Please find a time in the next days.",
    ),
    "report": ("An answer was reported", "An asker says that something is wrong with an answer. Please read it now."),
    "concern": ("An advisor is worried", "An advisor raised a concern about a question. Please read it now."),
    "staff": ("About someone who works here", "A question may be about someone who works here. Please read it now."),
    "nobody_reads_staff": (
        "Nobody can read about colleagues",
        "A question may be about one of us, and nobody here may read it. Please invite a lead or a trustee now.",
    ),
    "language": (
        "A language is switched off",
        "Too few people here speak it by now, so nobody can ask in it. Its page says who is missing.",
    ),
    "guardian": (
        "A guardian answered",
        "Somebody's guardian answered, or took a yes back. The list of people says whose yes is missing.",
    ),
    "case": ("A safeguarding case", "There is a safeguarding case for you to read. Please look at it now."),
    "check": ("A safeguarding check is due", "The next check of a safeguarding case is due now."),
    "check_again": (
        "A safeguarding check is a day late",
        "A safeguarding check was due a day ago. Nobody has written.",
    ),
    "feedback": ("Feedback on your practice", "Somebody read your practice answer and wrote back."),
    "feedback_good": (
        "Feedback on your practice",
        "Somebody read your practice answer and wrote back. It is good enough.",
    ),
    "track": ("You passed a track", "You have passed a track of your training."),
    "trained": ("You passed your training", "You have passed all three tracks of your training."),
    "glass": ("Something closed was opened", "Somebody gave a reason to see what is kept closed. Please read it now."),
}
TRAINING = {
    expiring.SOON: ("Your training ends soon", "Your training lasts until {}."),
    expiring.OVER: (
        "Your training has ended",
        "Your training ran out on {}, so you can't take new questions now.",
    ),
}
RENEW = "To renew it, answer the last practice question of each track once more. It takes about an hour."


SAFEGUARDING = {
    Role.LEAD: "/review/safeguarding/",
    Role.TRUSTEE: "/review/safeguarding/",
    Role.MANAGER: "/manage/safeguarding/",
}
# Of which words in quarantine a row tells, and whom: risk.alert() names them.
APART: dict[str, tuple[dict[str, bool], frozenset[Role]]] = {
    "all": ({"about_staff": False}, roles.REVIEWERS),
    "lead": ({"about_staff": True, "about_lead": False}, frozenset({Role.LEAD})),
    "trustee": ({"about_lead": True}, frozenset({Role.TRUSTEE})),
}
OF_TRAINING = frozenset({"feedback", "feedback_good", "track", "trained"})
KEPT = frozenset({"case", "check", "check_again", "glass"})  # what these are about stands on the safeguarding page


class OutOfHours(outbox.Later):
    """Nothing in this letter is red, so it waits for the morning."""


def digest(refs: Refs, *, key: str, now: datetime) -> Mail | None:
    """One person's reminders, counted; those whose stage has ended by now are left out.

    Where the person left meanwhile, what still holds is untold again: the next grouping tells who is there.
    """
    person = _active(refs)
    if person is None:
        _holding(refs["reminders"]).update(told_at=None)
        return None
    kinds = Counter(_holding(refs["reminders"]).filter(_of_theirs(person)).values_list("kind", flat=True))
    if not kinds:
        return None
    _wait_for_the_morning(refs, now)
    total = sum(kinds.values())
    subject = "1 question needs you" if total == 1 else f"{total} questions need you"
    lines = [_counted(kind, kinds[kind]) for kind in LINES if kinds[kind]]
    return _mail(person, subject, "\n".join(lines), doors.HOMES[Role(person.role)], key)


def _wait_for_the_morning(refs: Refs, now: datetime) -> None:
    """Raise OutOfHours while we are closed, as where the mail server was away until then, unless something is red."""
    if not alerting.is_open(now) and not _holding(refs["reminders"]).filter(question__level=states.RED).exists():
        raise OutOfHours(min(alerting.opens(now), now + LOOK_AGAIN))


def _counted(kind: str, count: int) -> str:
    one, several = LINES[kind]
    return one if count == 1 else several.format(count)


def _holding(pks: Iterable[int]) -> QuerySet[Reminder]:
    """The reminders among these that are still true: same stage, or same promise and still unanswered."""
    promise = Q(stage=0, question__status__in=states.PROMISED, round_number=F("question__round_number"))
    stage = Q(stage=F("question__version"))
    returned = Q(kind="returned", stage=F("question__version") - 1, question__status=states.OPEN)
    return Reminder.objects.filter(promise | stage | returned, pk__in=pks)


def _of_theirs(person: Person) -> Q:
    """What they may still hear of: a question may be kept among few since its reminder was put."""
    if person.role in roles.WRITERS - roles.REVIEWERS:
        return Q()
    return Q(seeing.visible(person, question="question")) | Q(question__holder=person)


def red_question(refs: Refs, *, key: str, now: datetime) -> outbox.Delivery | None:
    """A red question: whoever is on hand to read it at once, each by a row of their own.

    Words sent after the answer, or after the question closed, can make it red too.
    """
    question = _question(refs)
    if question is None or question.level != states.RED:
        return None
    people = alerting.for_red([*watching(question)], now=now)
    return _told("red", {"subject": question.subject}, people, key=key, now=now)


def red_quarantine(refs: Refs, *, key: str, now: datetime) -> outbox.Delivery | None:
    """Red words in quarantine, told of once in ten minutes: whoever is on hand, each by a row of their own."""
    about, readers = APART[refs["readers"]]
    waiting = Question.objects.filter(quarantined=True, level=states.RED, status=states.NEW, **about)
    if not waiting.exists():
        return None
    people = alerting.for_red([*Person.objects.filter(is_active=True, role__in=readers)], now=now)
    return _told("quarantine", {}, people, key=key, now=now)


def safety_report(refs: Refs, *, key: str, now: datetime) -> outbox.Delivery | None:
    """Something wrong with an answer: every supervisor and lead at once."""
    question = _question(refs)
    if question is None or not SafetyReport.objects.filter(round__question=question, settled_at=None).exists():
        return None
    return _everyone("report", question, key=key, now=now)


def escalated(refs: Refs, *, key: str, now: datetime) -> outbox.Delivery | None:
    """A draft that its reviewer gave to the lead: every lead who may see it, or the deputies where none may."""
    question = _question(refs)
    waiting = Escalation.objects.filter(pk=refs["escalation"], settled_at=None)
    if question is None or not waiting.exists():
        return None
    return _told("escalated", {"subject": question.subject}, leads_for(question, now=now), key=key, now=now)


def concern(refs: Refs, *, key: str, now: datetime) -> outbox.Delivery | None:
    """What an advisor raised and nobody has settled: whoever may see the question, at once."""
    question = _question(refs)
    if question is None or not Concern.objects.filter(pk=refs["concern"], settled_at=None).exists():
        return None
    return _everyone("staff" if question.about_staff else "concern", question, key=key, now=now)


def nobody_reads_staff(refs: Refs, *, key: str, now: datetime) -> outbox.Delivery | None:
    """A question about a colleague that nobody may read: the managers."""
    managers = Person.objects.filter(is_active=True, role=Role.MANAGER)
    return _told("nobody_reads_staff", {}, [*managers], key=key, now=now)


def language_off(refs: Refs, *, key: str, now: datetime) -> outbox.Delivery | None:
    """A language that went off by itself, unless it is on again: the managers."""
    if OfferedLanguage.objects.filter(code=refs["code"]).exclude(since=None).exists():
        return None
    return _told("language", {}, [*Person.objects.filter(is_active=True, role=Role.MANAGER)], key=key, now=now)


def guardian_answered(refs: Refs, *, key: str, now: datetime) -> outbox.Delivery | None:
    """A guardian's yes or no: the managers. Whose guardian stands on the list of people alone."""
    return _told("guardian", {}, [*Person.objects.filter(is_active=True, role=Role.MANAGER)], key=key, now=now)


def safeguarding_case(refs: Refs, *, key: str, now: datetime) -> outbox.Delivery | None:
    """A case that was opened or handed on: everybody who keeps it, but the one who did."""
    note = LockedNote.objects.filter(pk=refs["note"]).first()
    keepers = alerting.ready(locking.keepers(note), now=now) if note else []
    others = [person for person in keepers if str(person.pk) != refs["by"]]
    if note is None or (keepers and not others):
        return None
    return _told("case", {"note": str(note.pk)}, others, key=key, now=now)


def safeguarding_check(refs: Refs, *, key: str, now: datetime) -> outbox.Delivery | None:
    """A check that is due and that no later entry has answered: who keeps the case; a day later the managers too."""
    check = Check.objects.filter(entry=refs["entry"]).select_related("note__about").first()
    if check is None:
        return None
    people = locking.keepers(check.note)
    if refs["again"]:
        managers = Person.objects.filter(is_active=True, role=Role.MANAGER)
        people += [person for person in managers if locking.readable(person).filter(pk=check.note_id).exists()]
    own, people = {"note": str(check.note_id)}, alerting.ready(people, now=now)
    return _told("check_again" if refs["again"] else "check", own, people, key=key, now=now)


def glass_broken(refs: Refs, *, key: str, now: datetime) -> Mail | None:
    """The second person, at once. Where they have left or are kept from it meanwhile, the row is dead and the manager
    sees it.
    """
    glass = BrokenGlass.objects.select_related("told", "about").get(pk=refs["glass"])
    kept_from_them = glass.about.recusals.filter(person=glass.told).exists()
    if glass.told.role == Role.SUPERVISOR:
        kept_from_them |= glass.about.about_staff
    if glass.told.has_led:
        kept_from_them |= glass.about.about_lead
    if not glass.told.is_active or kept_from_them:
        raise Undeliverable("the second person is not there any more")
    return _alert(glass.told, "glass", key)


def support_call(refs: Refs, *, key: str, now: datetime) -> outbox.Delivery | None:
    """Somebody of ours needs support: their buddy and whoever is on duty at once, each by a row of their own."""
    call = _open_call(refs)
    if call is None:
        return None
    return _told("support", refs, supporting.told(call, now=now), key=key, now=now)


def support_unanswered(refs: Refs, *, key: str, now: datetime) -> outbox.Delivery | None:
    """Nobody came to them in the time that was said: everybody who can, each by a row of their own."""
    call = _open_call(refs)
    if call is None:
        return None
    return _told("support_again", refs, supporting.everybody(call.person, now=now), key=key, now=now)


def debrief(refs: Refs, *, key: str, now: datetime) -> outbox.Delivery | None:
    """Somebody of ours would like to talk a case through: their buddy and whoever is on duty, without a word of it."""
    row = _wanted_debrief(refs)
    if row is None:
        return None
    return _told("debrief", refs, debriefing.told(row, now=now), key=key, now=now)


def alert(refs: Refs, *, key: str, now: datetime) -> Mail | None:
    """One person's share of what goes to several, or what is theirs alone. Of red whoever is there is told anew, where
    the person left.
    """
    person = _active(refs)
    if person is None:
        _hand_on(refs, now)
        return None
    if not _may_still_read(person, refs) or _is_calm_again(refs):
        return None
    if "call" in refs:
        return _mail(person, *ALERTS[refs["about"]], reverse("team:calls"), key) if _open_call(refs) else None
    if "debrief" in refs:
        return _mail(person, *ALERTS["debrief"], reverse("team:debriefs"), key) if _wanted_debrief(refs) else None
    if refs["about"] in OF_TRAINING:
        return _of_training(person, refs["about"], key, now)
    return _alert(person, refs["about"], key)


def _of_training(person: Person, about: str, key: str, now: datetime) -> Mail | None:
    """To whoever is trained, while their role opens the training. It waits for the morning."""
    if person.role not in roles.WRITERS:
        return None
    _wait_until_open(now)
    return _mail(person, *ALERTS[about], reverse("team:training"), key)


def _wait_until_open(now: datetime) -> None:
    if not alerting.is_open(now):
        raise OutOfHours(min(alerting.opens(now), now + LOOK_AGAIN))


def _hand_on(refs: Refs, now: datetime) -> None:
    question = _question(refs) if refs["about"] == "red" else None
    if question is not None:
        oncall.tell_anew([question], cause=refs["person"], now=now)


def _may_still_read(person: Person, refs: Refs) -> bool:
    """Whether what the alert tells of is still theirs to read: they may be kept from it since it was put."""
    if "note" in refs:
        return locking.readable(person).filter(pk=refs["note"]).exists()
    if "subject" not in refs:
        return True
    question = _question(refs)
    return question is not None and watching(question).filter(pk=person.pk).exists()


def _is_calm_again(refs: Refs) -> bool:
    """Whether somebody lowered the level of the red question that the alert tells of."""
    question = _question(refs) if refs["about"] == "red" else None
    return question is not None and question.level != states.RED


def _alert(person: Person, about: str, key: str) -> Mail:
    subject, sentence = ALERTS[about]
    home = doors.HOMES[Role(person.role)]
    return _mail(person, subject, sentence, SAFEGUARDING.get(Role(person.role), home) if about in KEPT else home, key)


def training_ends(refs: Refs, *, key: str, now: datetime) -> Mail | None:
    """To an advisor whose training ends or has ended, unless it was renewed meanwhile. It waits for the morning."""
    person = _active(refs)
    if person is None or not expiring.is_still_so(person, refs["until"]):
        return None
    _wait_until_open(now)
    subject, sentence = TRAINING[refs["when"]]
    day = f"{person.trained_until:%-d %B %Y}"
    return _mail(person, subject, f"{sentence.format(day)} {RENEW}", reverse("team:training"), key)


def invitation(refs: Refs, *, key: str, now: datetime) -> Mail | None:
    """The link of an invitation, made again from its id."""
    invited = Invitation.objects.filter(pk=refs["invitation"], accepted_at=None, expires_at__gt=now).first()
    if invited is None:
        return None
    link = settings.SITE_URL + reverse("advisors:invitation", args=[inviting.token_of(invited)])
    until = holding.today(invited.expires_at)
    body = (
        f"Hello {invited.alias},\n\nYou are invited to join us. Choose a password here:\n{link}\n\n"
        f"The link works once, until {until:%-d %B}. If you expected no invitation, delete this mail."
    )
    return Mail(invited.email, "Your invitation", body, key)


def password_reset(refs: Refs, *, key: str, now: datetime) -> Mail | None:
    """The link to a new password, made only now, so that it waits in no table."""
    person = _active(refs)
    if person is None:
        return None
    body = (
        f"Hello {person.alias},\n\nChoose a new password here:\n{password_link(person)}\n\n"
        "The link works once. If you did not ask for it, delete this mail: your password stays as it is."
    )
    return Mail(person.email, "A new password", body, key)


def password_link(person: Person) -> str:
    """A link that works once and for PASSWORD_RESET_TIMEOUT; it is stored nowhere."""
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(person)
    names = {"uidb36": user_pk_to_url_str(person), "key": token}
    return settings.SITE_URL + reverse("account_reset_password_from_key", kwargs=names)


@dataclass(frozen=True)
class Each:
    """Puts one row for each person, so that a failed mail is tried again for that person alone."""

    put: Callable[[Person], None]
    people: list[Person]

    def send(self) -> None:
        for person in self.people:
            self.put(person)


def _everyone(about: str, question: Question, *, key: str, now: datetime) -> Each:
    people = alerting.ready([*watching(question)], now=now)
    return _told(about, {"subject": question.subject}, people, key=key, now=now)


def _told(about: str, refs: Refs, people: list[Person], *, key: str, now: datetime) -> Each:
    if not people:
        raise Undeliverable("nobody here may read this question")

    def put(person: Person) -> None:
        own = refs | {"person": str(person.pk), "about": about}
        outbox.put("staff-alert", key=f"{key}:{person.pk}", refs=own, now=now)

    return Each(put, people)


def watching(question: Question) -> QuerySet[Person]:
    """Everybody who may see this question to check it, as roles.may_see() has it."""
    readers = roles.readers_of(question)
    if Role.TRUSTEE in readers and not roles.for_a_trustee(question):
        readers -= {Role.TRUSTEE}
    return Person.objects.filter(is_active=True, role__in=readers).exclude(recusals__question=question)


def leads_for(question: Question, *, now: datetime) -> list[Person]:
    """The leads who may see this question, read its language and do not answer it; its deputies where none may."""
    there = watching(question).filter(Q(role=Role.LEAD) | Q(deputy=True))
    able = [one for one in there if question.language in one.languages and one.pk != question.holder_id]
    able = alerting.ready(able, now=now)
    return [person for person in able if person.role == Role.LEAD] or able


def _open_call(refs: Refs) -> SupportCall | None:
    return SupportCall.objects.select_related("person").filter(pk=refs["call"], answered_at=None).first()


def _wanted_debrief(refs: Refs) -> Debrief | None:
    rows = Debrief.objects.select_related("person").defer("words")
    return rows.filter(pk=refs["debrief"], wanted=True, talked_at=None).first()


def _active(refs: Refs) -> Person | None:
    return Person.objects.filter(pk=refs["person"], is_active=True).first()


def _question(refs: Refs) -> Question | None:
    pk = refs["subject"].removeprefix("question:")
    return Question.objects.filter(pk=pk).exclude(status=states.WITHDRAWN).first()


def _mail(person: Person, subject: str, body: str, path: str, key: str) -> Mail:
    return Mail(person.email, subject, f"Hello {person.alias},\n\n{body}\n\n{settings.SITE_URL}{path}\n", key)
