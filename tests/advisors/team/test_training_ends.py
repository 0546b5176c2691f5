"""The end of somebody's training: seen on their pages, and told by mail, once at 30 days and once when it is over."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail

from advisors import sweeping
from advisors.models import Person
from advisors.team import expiring
from askpeer import outbox
from askpeer.models import OutboxRow
from tests.factories import PersonFactory, SupervisorFactory

pytestmark = pytest.mark.django_db
LAST = date(2026, 12, 16)
NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)  # a Monday, 30 days before
DAY = timedelta(days=1)


@pytest.fixture
def ends(calendar):
    return PersonFactory(alias="Sam", email="sam@askpeer.example", trained_until=LAST)


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        (datetime(2026, 11, 15, 23, 59, 59, tzinfo=UTC), 0),
        (datetime(2026, 11, 16, tzinfo=UTC), 1),
        (datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC), 1),
        (datetime(2026, 11, 23, tzinfo=UTC), 0),
        (datetime(2026, 12, 16, 23, 59, 59, tzinfo=UTC), 0),
        (datetime(2026, 12, 17, tzinfo=UTC), 1),
        (datetime(2026, 12, 23, 23, 59, 59, tzinfo=UTC), 1),
        (datetime(2026, 12, 24, tzinfo=UTC), 0),
    ],
)
def test_it_is_told_thirty_days_before_and_the_day_after_to_the_second(ends, moment, told):
    assert expiring.tell(now=moment) == told
    assert OutboxRow.objects.filter(kind="training-ends").count() == told


def test_however_often_the_purge_runs_each_letter_goes_out_once(ends, settings):
    settings.CLOSE_AFTER = timedelta(days=8)
    for half_days in range(2 * 45):
        now = NOON - DAY + half_days * DAY / 2
        sweeping.purge(now=now)
        outbox.relay(now=now)
    assert [message.subject for message in mail.outbox] == ["Your training ends soon", "Your training has ended"]


def test_the_letters_say_the_day_and_lead_to_the_training(ends, settings):
    for now in (NOON, datetime(2026, 12, 17, 12, tzinfo=UTC)):
        expiring.tell(now=now)
        outbox.relay(now=now)
    renew = "To renew it, answer the last practice question of each track once more. It takes about an hour."
    closed = "you can't take new questions now."
    link = f"{settings.SITE_URL}/desk/training/"
    assert [message.body for message in mail.outbox] == [
        f"Hello Sam,\n\nYour training lasts until 16 December 2026. {renew}\n\n{link}\n",
        f"Hello Sam,\n\nYour training ran out on 16 December 2026, so {closed} {renew}\n\n{link}\n",
    ]
    said = sorted(sorted(row.refs.values()) for row in OutboxRow.objects.all())
    assert said == [sorted([str(ends.pk), "2026-12-16", about]) for about in ("over", "soon")]


def test_nobody_gets_it_at_night(ends):
    midnight = datetime(2026, 11, 16, tzinfo=UTC)
    expiring.tell(now=midnight)
    outbox.relay(now=midnight)
    assert mail.outbox == []
    outbox.relay(now=midnight + timedelta(hours=10))
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("change", [{"trained_until": date(2027, 12, 1)}, {"is_active": False}, {"role": "supervisor"}])
def test_what_no_longer_holds_is_not_sent(ends, change):
    expiring.tell(now=NOON)
    Person.objects.filter(pk=ends.pk).update(**change)
    outbox.relay(now=NOON)
    assert (mail.outbox, OutboxRow.objects.get().state) == ([], "dropped")


def test_only_advisors_at_work_hear_of_it(calendar):
    SupervisorFactory(trained_until=LAST)
    PersonFactory(trained_until=LAST, is_active=False)
    PersonFactory(trained_until=None)
    assert expiring.tell(now=NOON) == 0


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_however_many_end(calendar, count, django_assert_num_queries):
    for _ in range(count):
        PersonFactory(trained_until=LAST)
    with django_assert_num_queries(3):
        assert expiring.tell(now=NOON) == count


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 11, 15, 23, 59, 59, tzinfo=UTC), None),
        (datetime(2026, 11, 16, tzinfo=UTC), LAST),
        (datetime(2026, 12, 16, 23, 59, 59, tzinfo=UTC), LAST),
        (datetime(2026, 12, 17, tzinfo=UTC), None),
    ],
)
def test_the_pages_warn_from_thirty_days_before_to_the_last_day(ends, moment, shown):
    assert expiring.ends_on(ends, now=moment) == shown


def test_the_desk_and_the_training_page_say_so(browser, clock, ends):
    page = browser(ends)
    assert "Your training lasts until 16 December." in page.get("/desk/").content.decode()
    shown = page.get("/desk/training/").content.decode()
    assert "Your training lasts until 16 December 2026. Renew it before that day" in shown
    Person.objects.filter(pk=ends.pk).update(trained_until=date(2026, 12, 17))
    for path in ("/desk/", "/desk/training/"):
        assert "Your training lasts until" not in page.get(path).content.decode()


def test_who_is_not_trained_finds_the_way_from_the_desk(browser, calendar):
    shown = browser(PersonFactory(trained_until=None)).get("/desk/").content.decode()
    assert '<a href="/desk/training/">Go to your training</a>' in shown
