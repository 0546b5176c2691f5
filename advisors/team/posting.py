"""The team room: what somebody says to everybody here, and the week's round."""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from advisors import roles
from advisors.models import Person, Role
from advisors.team import guarding, rounds
from advisors.team.locking import lock
from advisors.team.models import Kudos, Post
from askpeer import history
from askpeer.errors import Refused, Stale

LONGEST = 1000  # characters
A_PAGE = 20
KEPT = timedelta(days=180)
AN_HOUR = timedelta(hours=1)
IN_THE_ROOM = roles.WRITERS | {Role.MANAGER}
NOT_THEIRS = "The room is for those who answer and for the manager."
EMPTY = "Write something first."
NEXT_ROUND = "A new round has begun meanwhile. Read what it asks, then answer that one."
AT_ONCE = "You wrote something else in the same moment. Read it again, then press the button once more."


class Page(NamedTuple):
    """One page of the room, newest first, and the post to go on from where there are older ones."""

    posts: list[Post]
    older: UUID | None


def post(*, text: str, by: Person, now: datetime) -> Post:
    """Say something to the team. Raises Refused, Stale where they said something else meanwhile."""
    check_there(by, now=now)
    text = guarding.fitting(text, limit=LONGEST, missing=EMPTY)
    before = just_said(by, now=now)
    guarding.check(text, writer=by, before=_texts(before), now=now)
    with transaction.atomic():
        writer = still_there(by, before, now=now)
        return Post.objects.create(writer=writer, text=text, at=now)


def answer_round(*, text: str, by: Person, now: datetime, week: date | None = None) -> Post:
    """Answer this week's round, or put this in place of what one answered. Raises Refused, Stale.

    week: the Monday of the round that was read, where a page says it: after Sunday night another question is asked.
    """
    check_there(by, now=now)
    text, monday = guarding.fitting(text, limit=LONGEST, missing=EMPTY), rounds.week(now)
    if week not in {None, monday}:
        raise Stale(NEXT_ROUND)
    before = just_said(by, now=now, but=monday)
    guarding.check(text, writer=by, before=_texts(before), now=now)
    with transaction.atomic():
        writer = still_there(by, before, now=now, but=monday)
        row = Post.objects.filter(writer=writer, week=monday).first() or Post(week=monday)
        row.writer, row.text, row.at = writer, text, now
        row.save()
        return row


def check_there(person: Person, *, now: datetime) -> None:
    if not may_be_there(person):
        raise Refused(NOT_THEIRS)
    if reason := roles.why_not_in_the_room(person, now=now):
        raise Refused(reason)


def may_be_there(person: Person) -> bool:
    """By their role alone; check_there() asks whether they have agreed, too."""
    return person.is_active and person.role in IN_THE_ROOM


def just_said(person: Person, *, now: datetime, but: date | None = None) -> list[Post | Kudos]:
    """All that this person wrote within the hour, posts and thanks, the newest first: six words may be cut in many.
    2 SQL.

    but: the round whose answer is being put anew, which does not count.
    """
    posts = Post.objects.filter(writer=person, at__gt=now - AN_HOUR).select_related("writer")
    if but:
        posts = posts.exclude(week=but, week__isnull=False)
    praise = Kudos.objects.filter(giver=person, at__gt=now - AN_HOUR).select_related("person")
    return sorted([*posts, *praise], key=lambda row: (row.at, row.pk), reverse=True)


def still_there(person: Person, before: list[Post | Kudos], *, now: datetime, but: date | None = None) -> Person:
    """This person under their lock, having written nothing since they were checked: two halves that are sent in the
    same moment would each pass alone. Raises Refused, Stale.
    """
    person = lock(person)
    check_there(person, now=now)
    if {(row.pk, row.at) for row in just_said(person, now=now, but=but)} != {(row.pk, row.at) for row in before}:
        raise Stale(AT_ONCE)
    return person


def _texts(rows: list[Post | Kudos]) -> list[str]:
    return [row.text for row in rows]


@transaction.atomic
def take_down(*, post: Post, by: Person, now: datetime) -> None:
    """Take a post out of the room: one's own, or anybody's by a reviewer or the manager. Raises Refused, Stale."""
    by = lock(by)
    if not may_take_down(by, post):
        raise Refused("Only who wrote it, a supervisor or the manager takes this down.")
    if not Post.objects.filter(pk=post.pk).delete()[0]:
        raise Stale("It is gone already.")
    if post.writer_id != by.pk:
        history.record(
            subject=f"post:{post.pk}", kind="taken_down", actor=by.name, now=now, facts={"writer": str(post.writer_id)}
        )


def may_take_down(person: Person, post: Post) -> bool:
    return may_be_there(person) and (post.writer_id == person.pk or keeps_order(person))


def keeps_order(person: Person) -> bool:
    """Whether they take down what others wrote."""
    return roles.may_review(person) or (person.is_active and person.role == Role.MANAGER)


def page(*, now: datetime, before: str = "") -> Page:
    """What was said, newest first, but for this week's round; before is the id of the last post of the page before, and
    anything else begins anew. 1 SQL, 2 with before.
    """
    rows = Post.objects.filter(_older_than(before), at__lte=now).exclude(week=rounds.week(now), week__isnull=False)
    found = list(rows.select_related("writer").order_by("-at", "-pk")[: A_PAGE + 1])
    return Page(found[:A_PAGE], found[A_PAGE - 1].pk if len(found) > A_PAGE else None)


def _older_than(before: str) -> Q:
    try:
        last = Post.objects.filter(pk=UUID(before)).values_list("at", "pk").first()
    except ValueError:
        return Q()
    return Q(at__lt=last[0]) | Q(at=last[0], pk__lt=last[1]) if last else Q()


def in_round(monday: date) -> list[Post]:
    """What everybody answered in the round of this week, the first first. 1 SQL."""
    return list(Post.objects.filter(week=monday).select_related("writer").order_by("at", "pk"))


def purge(*, now: datetime) -> int:
    """Forget what was said 180 days ago; return how many posts that were."""
    return Post.objects.filter(at__lte=now - KEPT).delete()[0]
