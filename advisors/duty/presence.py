"""Who is on duty: a supervisor who said so, while their session lives. Then "I need support" reaches somebody."""

from datetime import datetime, timedelta

from advisors import roles
from advisors.duty.models import OnDuty
from advisors.models import Person

FOR = timedelta(minutes=30)  # as long as a session idles


def go_on(*, person: Person, now: datetime) -> OnDuty:
    """Say that this supervisor is on duty; again, and it goes on. Raises Refused."""
    roles.check_review(person)
    row, _made = OnDuty.objects.update_or_create(
        person=person, defaults={"seen_at": now}, create_defaults={"since": now, "seen_at": now}
    )
    return row


def go_off(*, person: Person) -> None:
    OnDuty.objects.filter(person=person).delete()


def seen(person: Person, *, now: datetime) -> None:
    """Keep somebody on duty who is at work; whoever was away for longer has to say so again."""
    OnDuty.objects.filter(person=person, seen_at__gt=now - FOR).update(seen_at=now)


def on_now(*, now: datetime) -> list[Person]:
    """Everybody on duty, the longest there first; nobody whose pages closed meanwhile. 1 SQL."""
    rows = OnDuty.objects.filter(seen_at__gt=now - FOR, person__is_active=True, person__role__in=roles.REVIEWERS)
    there = [row.person for row in rows.select_related("person").order_by("since", "pk")]
    return [person for person in there if not roles.why_not_ready(person, now=now)]


def is_anybody(*, now: datetime) -> bool:
    return bool(on_now(now=now))
