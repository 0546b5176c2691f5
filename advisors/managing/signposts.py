"""The directory of services: made, changed, checked and taken out. Nobody may be left with nobody to turn to."""

from datetime import date, datetime
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Count, Max

from advisors import marks, roles
from advisors.drafting import placing
from advisors.managing import entries, hours_said
from advisors.managing.entries import Entry
from advisors.models import Person
from advisors.team import locking
from askpeer import history
from askpeer.errors import Refused, Stale
from questions import holding
from questions.intake import helping, kept, languages
from questions.intake.forms import AGES, NATIONS
from questions.models import Signpost, SignpostChannel, Topic

GONE = "This service is not in the directory any more."
LOOK_AGAIN = "Somebody changed this entry after you opened this page. Look at it again, then press once more."


class Row(NamedTuple):
    """An entry in the list: how it was checked in words, and whether that is too long ago."""

    signpost: Signpost
    is_stale: bool
    checked: str
    partners: int
    looked_at: str


def listed(*, today: date, stale: bool = False, crisis: bool = False, country: str = "") -> list[Row]:
    """By country, crisis services first; each condition leaves out what does not meet it. 3 SQL."""
    every = placing.doubtful(today) if stale else Signpost.objects.all()
    rows = every.annotate(chosen=Count("partners", distinct=True)).prefetch_related("channels", "topics")
    if crisis:
        rows = rows.filter(crisis=True)
    if country:
        rows = rows.filter(country=country)
    return [
        Row(row, placing.is_doubtful(row, today), placing.checked(row, today), row.chosen, looked_at(row))
        for row in rows.order_by("country", "-crisis", "position", "name", "pk")
    ]


def counts(*, today: date) -> tuple[int, int]:
    """How many entries there are, and how many of these nobody has checked for 90 days. 1 SQL."""
    rows = Signpost.objects.values_list("last_verified", flat=True)
    return len(rows), sum(placing.is_doubtful(Signpost(last_verified=day), today) for day in rows)


def countries() -> list[str]:
    return sorted(set(Signpost.objects.order_by().values_list("country", flat=True)))


def seen(row: Signpost) -> str:
    return marks.mark(*entries.entry_of(row))


def looked_at(row: Signpost) -> str:
    """The mark of what somebody compares with the service's own page: all but the day of the last time."""
    return marks.mark(*entries.entry_of(row)._replace(last_verified=None))


@transaction.atomic
def save(entry: Entry, *, signpost: Signpost | None, seen: str = "", by: Person, now: datetime) -> Signpost:
    """Put an entry in, or change the one there is. Whose ways in change counts as not checked until somebody says so.

    Raises Refused, also where somebody would be shown no one; Stale.
    """
    roles.check_manager(locking.lock(by))
    before = crisis_services()
    row = _locked(signpost) if signpost else Signpost(position=next_position())
    if signpost:
        there = entries.entry_of(row)
        marks.check(seen, *there)
        entry = as_kept(there, entry)
    _check_whole(entry, now)
    write(row, entry)
    check_nobody_is_left(before)
    _record(row, "signpost changed" if signpost else "signpost made", by, now)
    return row


def as_kept(there: Entry, wanted: Entry) -> Entry:
    """What is kept in place of the entry there is: with other ways in, the day on which it was checked goes, unless a
    later one came with them. Pure.
    """
    day, before = wanted.last_verified, there.last_verified
    if wanted.channels == there.channels or (day and (before is None or day > before)):
        return wanted
    return wanted._replace(last_verified=None)


def _check_whole(entry: Entry, now: datetime) -> None:
    if wrong := entries.check_whole(entry._asdict(), today=holding.today(now)):
        raise Refused(next(iter(wrong.values())))


def write(row: Signpost, entry: Entry) -> None:
    """Save an entry over a row, its topics and its channels. Raises Refused where another has its short name."""
    for name in set(Entry._fields) - {"topics", "channels"}:
        setattr(row, name, getattr(entry, name))
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Refused(f"There is a service with the short name {entry.slug} already. Choose another.") from None
    row.topics.set(Topic.objects.filter(slug__in=entry.topics))
    row.channels.all().delete()
    SignpostChannel.objects.bulk_create(SignpostChannel(signpost=row, **way._asdict()) for way in entry.channels)
    transaction.on_commit(kept.forget)


@transaction.atomic
def verify(*, signpost: Signpost, seen: str, by: Person, now: datetime) -> None:
    """Somebody looked today, and it is as it said on their page. Raises Refused, Stale."""
    roles.check_manager(locking.lock(by))
    row = _locked(signpost)
    if seen != looked_at(row):
        raise Stale(LOOK_AGAIN)
    row.last_verified = holding.today(now)
    row.save(update_fields=["last_verified"])
    _record(row, "signpost checked", by, now)


@transaction.atomic
def delete(*, signpost: Signpost, by: Person, now: datetime) -> None:
    """Raises Refused where partners name it or somebody would be shown no one, and says whom; Stale."""
    roles.check_manager(locking.lock(by))
    before, row = crisis_services(), _locked(signpost)
    if names := list(row.partners.order_by("name").values_list("name", flat=True)):
        theirs = "Its page" if len(names) == 1 else "Their pages"
        raise Refused(
            f"{row.name} stays: {', '.join(names)} chose it. {theirs} would lose it. Take it off there first."
        )
    _record(row, "signpost deleted", by, now)
    row.delete()
    check_nobody_is_left(before)
    transaction.on_commit(kept.forget)


def _locked(signpost: Signpost) -> Signpost:
    row = Signpost.objects.select_for_update(no_key=True).filter(pk=signpost.pk).first()
    if row is None:
        raise Stale(GONE)
    return row


def next_position() -> int:
    """The place after the last."""
    return (Signpost.objects.aggregate(last=Max("position"))["last"] or 0) + 1


def crisis_services() -> list[helping.Helper]:
    """Those there are now, held until the transaction ends and before any other entry: two who take out one each would
    both see the other's. 3 SQL.
    """
    list(Signpost.objects.select_for_update(no_key=True).filter(crisis=True).order_by("pk").values_list("pk"))
    rows = Signpost.objects.filter(crisis=True).order_by("position", "name").prefetch_related("channels")
    return [helping.helper_of(row) for row in rows]


def check_nobody_is_left(before: list[helping.Helper]) -> None:
    """Raises Refused where young people who were shown somebody would be shown no one, or a page that names a number to
    ring in danger would name none.
    """
    after = crisis_services()
    for country in sorted({one.country for one in before}):
        for code, place in [*NATIONS.get(country, []), (country, hours_said.countries().get(country, country))]:
            had = [(band, said) for band, said in AGES if helping.reaching(before, code, band)]
            lost = [_who(band, said) for band, said in had if not helping.reaching(after, code, band)]
            if lost:
                who = "" if len(lost) == len(had) else f" {lost[0]}"
                raise Refused(f"Young people in {place}{who} would be shown no one. Add another service there first.")
    for country in {helping.home(), *languages.countries()} - {""}:
        if _has_number(before, country) and not _has_number(after, country):
            place = hours_said.countries().get(country, country)
            raise Refused(f"Our pages for {place} would name no number to ring in danger. Add another one first.")


def _who(band: str, said: object) -> str:
    return "who do not say their age" if band == "rather-not-say" else f"who are {str(said).lower()}"


def _has_number(helpers: list[helping.Helper], country: str) -> bool:
    return any(one.country == country and helping.is_emergency(one) for one in helpers)


def _record(row: Signpost, kind: str, by: Person, now: datetime) -> None:
    facts = {"signpost": row.slug, "crisis": row.crisis}
    history.record(subject=f"signpost:{row.pk}", kind=kind, actor=by.name, now=now, facts=facts)
