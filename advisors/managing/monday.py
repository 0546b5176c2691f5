"""The manager's Monday: on one page, in the order in which it hurts, what wants somebody to act, and what is quiet."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import Min, Q

from advisors import roles
from advisors.drafting import placing
from advisors.managing import counting, gaps, people_said, verifying
from advisors.managing.people_said import in_words
from advisors.models import Invitation, Person, Role
from advisors.safeguarding.models import Check
from advisors.signoff import shelving
from advisors.signoff.models import OwnWords
from askpeer import calendars
from askpeer.hours import Calendar, Interval
from askpeer.models import OutboxRow
from questions import states
from questions.intake.models import SuggestedWord
from questions.models import Message, Round
from questions.partners import keys
from questions.partners.models import Hook, PartnerKey
from questions.publication.models import Publication

SOON = timedelta(days=30)
UNUSED = timedelta(days=30)
NAMED = 12  # names, days or hours below a line
MOST_REDS = 50
READ_BY = {
    "Questions and drafts": roles.REVIEWERS,
    "Safeguarding cases": frozenset({Role.LEAD}),
    "Cases about the lead": frozenset({Role.TRUSTEE}),
}
ROTA, PEOPLE, PARTNERS = "/manage/rota/", "/manage/people/", "/manage/partners/"


class Line(NamedTuple):
    """A number, what it counts in one sentence for one and for several, where it is seen to, and which ones they are.

    quiet is what the page calls it where there is none. who stands where a manager cannot see to it: who can, and
    where; such a line leads nowhere.
    """

    quiet: str
    number: int
    one: str
    several: str
    url: str = ""
    link: str = ""
    which: list[str] = []
    who: str = ""

    @property
    def sentence(self) -> str:
        return self.one if self.number == 1 else self.several


class Red(NamedTuple):
    """A red question that came since the last week closed: when, after how long somebody read it, how it stands."""

    came: str
    read: str
    status: str


class Page(NamedTuple):
    """since: from when on the reds are counted, in words. quiet: the names of what there is none of."""

    since: str
    reds: list[Red]
    lines: list[Line]
    quiet: list[str]
    statuses: list[tuple[str, int]]


def page(*, now: datetime) -> Page:
    """Everything on it. 17 SQL, whatever there is."""
    calendar = calendars.current()
    since = week_closed(calendar, now)
    reds = _reds(calendar, since)
    people = list(Person.objects.filter(is_active=True).order_by("alias"))
    lines = [
        *_questions(now),
        *_rota(calendar, gaps.week(calendar, people, now=now)),
        _reached(people, now),
        *_safeguarding(now),
        *_people([people_said.row(person, now=now) for person in people], calendar.local(now).date()),
        *_behind(now, calendar.local(now).date()),
        *_waiting(now),
    ]
    quiet, began = [line.quiet for line in lines if not line.number], _moment(calendar, since)
    return Page(
        began,
        reds,
        [line for line in lines if line.number],
        quiet if reds else [f"no red question came since {began}", *quiet],
        counting.statuses(),
    )


def week_closed(calendar: Calendar, now: datetime) -> datetime:
    """When a week's last day closed, by now: this week's where it is over; where it was not open, Saturday began."""
    local = calendar.local(now).date()
    monday = local - timedelta(days=local.weekday())
    this, last = _closed(calendar, monday + timedelta(days=7)), _closed(calendar, monday)
    return this if this <= now else last


def _closed(calendar: Calendar, monday: date) -> datetime:
    """When the week before this Monday ended."""
    for days in range(1, 8):
        if spans := calendar.on_day(monday - timedelta(days=days)):
            return spans[-1][1]
    return datetime.combine(monday - timedelta(days=2), time(0), calendar.zone).astimezone(UTC)


def _reds(calendar: Calendar, since: datetime) -> list[Red]:
    """Of those about staff the manager reads nothing, so they are left out. First read is passed on, or answered."""
    read = Min("messages__passed_at", filter=Q(messages__kind__in=Message.FROM_ASKER))
    said = Min("messages__sent_at", filter=~Q(messages__kind__in=Message.FROM_ASKER))
    came = Round.objects.filter(asked_at__gte=since, question__level=states.RED, question__about_staff=False)
    rows = came.exclude(question__status=states.WITHDRAWN).annotate(read=read, said=said)
    found = rows.order_by("asked_at", "pk").values_list("asked_at", "read", "said", "question__status")[:MOST_REDS]
    return [
        Red(_moment(calendar, asked), _after(asked, [read, said]), counting.LABELS[status])
        for asked, read, said, status in found
    ]


def _after(asked: datetime, moments: list[datetime | None]) -> str:
    read = min(filter(None, moments), default=None)
    if read is None:
        return "not read yet"
    minutes = int((read - asked).total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    return f"first read after {hours} h {rest} min" if hours else f"first read after {rest} min"


def _moment(calendar: Calendar, at: datetime) -> str:
    local = calendar.local(at)
    return f"{local:%A} {local.day} {local:%B}, {local:%H:%M}"


def _span(calendar: Calendar, span: Interval) -> str:
    """Tuesday 17 November, 10:00 to 18:00; the day a second time where it ends on another."""
    starts, ends = map(calendar.local, span)
    same = starts.date() == ends.date()
    return f"{_moment(calendar, span[0])} to {f'{ends:%H:%M}' if same else _moment(calendar, span[1])}"


def _questions(now: datetime) -> Iterator[Line]:
    found = counting.promises(now=now)
    seen = "Supervisors see which, under Review, Duty."
    yield Line("nothing is late", found.late, "question is late", "questions are late", who=seen)
    risky = "has a tenth of its promised time left, or less", "have a tenth of their promised time left, or less"
    yield Line("nothing is at risk", found.at_risk, f"question {risky[0]}", f"questions {risky[1]}", who=seen)
    undated = "late question still has no new date", "late questions still have no new date"
    dated = "A supervisor gives each a new date, under Review, Duty."
    yield Line("every late question has a new date", found.undated, *undated, who=dated)
    red = "red question is not answered yet", "red questions are not answered yet"
    signed = "Supervisors see which, under Review, Duty. Two people sign each answer, one of them the lead or a deputy."
    yield Line("no red question waits", found.red, *red, who=signed)


def _rota(calendar: Calendar, week: gaps.Week) -> Iterator[Line]:
    spans = [_span(calendar, span) for span in week.unstaffed]
    empty = "stretch of open hours has nobody on shift", "stretches of open hours have nobody on shift"
    yield Line("every open hour has a shift", len(spans), *empty, f"{ROTA}#shifts", "Add a shift", spans[:NAMED])
    calls = [_span(calendar, span) for span in week.unwatched]
    alone = "time has nobody on call for red", "times have nobody on call for red"
    covered, add = "somebody is on call whenever we are closed", "Add a turn on call"
    yield Line(covered, len(calls), *alone, f"{ROTA}#on-call", add, calls[:NAMED])
    lacking = [f"{what}: {_days(days)}" for what, days in week.unchecked.items()]
    lacks = "part of the checking has nobody this week", "parts of the checking have nobody this week"
    yield Line(
        "somebody checks every language, and red", len(lacking), *lacks, f"{ROTA}#away", "Look at the absences", lacking
    )


def _reached(people: list[Person], now: datetime) -> Line:
    """Whose mail finds nobody who can open what it tells of: alerting.ready() sends it to those people all the same."""
    found = []
    for what, readers in READ_BY.items():
        there = [person for person in people if person.role in readers]
        why = [people_said.kept_out(person, now=now) for person in there]
        if all(why) and (there or readers != {Role.TRUSTEE}):  # whether there is a trustee is each service's own choice
            found.append(f"{what}: {'; '.join(why) or 'nobody is there'}")
    closed = "kind of work has nobody who can open it", "kinds of work have nobody who can open them"
    return Line("every kind of work has somebody who can open it", len(found), *closed, PEOPLE, "Open people", found)


def _days(days: Iterable[date]) -> str:
    return ", ".join(f"{day:%A} {day.day}" for day in days)


def _safeguarding(now: datetime) -> Iterator[Line]:
    due = Check.objects.filter(due_at__lte=now, note__about__about_staff=False).count()
    said = "safeguarding check is overdue", "safeguarding checks are overdue"
    yield Line("no safeguarding check is overdue", due, *said, "/manage/safeguarding/", "Open the log")


def _people(rows: list[people_said.Row], today: date) -> Iterator[Line]:
    by = today + SOON

    def ends(day: date | None) -> bool:
        return day is not None and day <= by

    trained = [(one.person, one.training) for one in rows if one.training and ends(one.person.trained_until)]
    training = "training ends within 30 days, or has run out", "trainings end within 30 days, or have run out"
    yield _named("all training holds", trained, training)
    seen = [(one.person, one.checks) for one in rows if one.checks and _checks_want(one.person, by)]
    checks = "person's checks are due within 30 days, or missing", "people's checks are due within 30 days, or missing"
    yield _named("all checks hold", seen, checks)
    consents = [(one.person, one.consent) for one in rows if one.consent and one.consent.wanting]
    yield _named("every consent is there", consents, ("consent is missing", "consents are missing"))
    alone = [(one.person, people_said.Said("no buddy yet")) for one in rows if one.lacks_buddy]
    without = "young advisor is without a buddy", "young advisors are without a buddy"
    yield _named("every young advisor has a buddy", alone, without)
    leaving = [
        (one.person, people_said.Said(in_words(one.person.leaving_on)))
        for one in rows
        if one.person.leaving_on and ends(one.person.leaving_on)
    ]
    yield _named(
        "nobody leaves within 30 days",
        leaving,
        ("person is leaving within 30 days", "people are leaving within 30 days"),
    )


def _checks_want(person: Person, by: date) -> bool:
    return person.vetted_on is None or (person.vetted_until is not None and person.vetted_until <= by)


def _named(quiet: str, found: list[tuple[Person, people_said.Said]], said: tuple[str, str]) -> Line:
    which = [f"{person.alias}: {word.words}" for person, word in found]
    return Line(quiet, len(found), *said, PEOPLE, "Open people", which[:NAMED])


def _behind(now: datetime, today: date) -> Iterator[Line]:
    stale = placing.doubtful(today).count()
    said = "signpost was not verified in 90 days", "signposts were not verified in 90 days"
    yield Line("every signpost is verified", stale, *said, verifying.PAGE, "Verify them")
    dead = OutboxRow.objects.filter(state=OutboxRow.State.DEAD).count()
    failed = "delivery failed for good", "deliveries failed for good"
    yield Line("nothing failed to leave", dead, *failed, "/manage/failed/", "Send again or close")
    unused = PartnerKey.objects.filter(keys.working(now), partner__active=True, made_at__lte=now - UNUSED)
    count = unused.filter(Q(last_used_on=None) | Q(last_used_on__lt=today - UNUSED)).count()
    rest = "partner's key was not used in 30 days", "partners' keys were not used in 30 days"
    yield Line("no partner's key lies unused for 30 days", count, *rest, PARTNERS, "Open partners")
    paused = Hook.objects.filter(partner__active=True, paused_at__isnull=False).count()
    stands = "webhook is paused: its partner hears nothing", "webhooks are paused: their partners hear nothing"
    yield Line("no webhook is paused", paused, *stands, PARTNERS, "Open partners")


def _waiting(now: datetime) -> Iterator[Line]:
    words = OwnWords.objects.filter(ended_at=None, round__question__about_staff=False).count()
    second = "text in somebody's own words waits for a second person", "texts in own words wait for a second person"
    checked = "A supervisor who did not write it sends it or puts it away, under Review, Duty, Words to check."
    yield Line("no own words wait", words, *second, who=checked)
    due = Publication.objects.filter(shelving.due(now=now)).count()
    again = "published answer is due to be read again", "published answers are due to be read again"
    read = "A supervisor who did not write it reads it, under Review, Library, Read it again."
    yield Line("the library is up to date", due, *again, who=read)
    suggested = SuggestedWord.objects.count()
    new = "suggested word waits for you", "suggested words wait for you"
    yield Line("no suggested word waits", suggested, *new, "/manage/words/", "Look at them")
    invited = Invitation.objects.filter(accepted_at=None, expires_at__gt=now).count()
    open_ = "invitation is open", "invitations are open"
    yield Line("no invitation is open", invited, *open_, "/manage/invitations/", "Open invitations")
