"""The next check's own alarm: told once when it is due, once more a day after, and at night of a red case alone."""

from datetime import UTC, datetime, timedelta

import pytest

from advisors.safeguarding import board, checking
from advisors.safeguarding.models import Check
from askpeer import outbox
from askpeer.models import OutboxRow, ServiceCalendar
from tests.factories import LeadFactory, make_question

pytestmark = pytest.mark.django_db
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.fixture
def due(now):
    """Tuesday at 12: the service is open."""
    return now + timedelta(hours=25)


@pytest.fixture
def case(record, lead, due):
    return record(by=lead, next_check_at=due)


def told():
    return list(
        OutboxRow.objects.filter(kind="safeguarding-check").order_by("pk").values_list("refs__again", flat=True)
    )


def sent(mailoutbox, now):
    OutboxRow.objects.filter(kind="safeguarding-case").delete()
    while outbox.relay(now=now):
        pass
    return sorted((mail.to[0], mail.subject) for mail in mailoutbox)


def test_it_is_told_at_its_second_and_once(case, due):
    assert [checking.alert_due(now=due - SECOND), checking.alert_due(now=due), checking.alert_due(now=due)] == [0, 1, 0]
    assert told() == [False]


def test_a_day_after_it_was_told_it_is_told_once_more(case, due):
    checking.alert_due(now=due)
    assert [checking.alert_due(now=due + DAY - SECOND), checking.alert_due(now=due + DAY)] == [0, 1]
    assert [checking.alert_due(now=due + 2 * DAY), told()] == [0, [False, True]]


def test_first_the_leads_then_the_manager_too(case, due, lead, manager, mailoutbox):
    other = LeadFactory()
    checking.alert_due(now=due)
    first = [(person.email, "A safeguarding check is due") for person in (lead, other)]
    assert sent(mailoutbox, due) == sorted(first)
    checking.alert_due(now=due + DAY)
    again = [(person.email, "A safeguarding check is a day late") for person in (lead, other, manager)]
    assert sent(mailoutbox, due + DAY) == sorted(first + again)
    assert "/manage/safeguarding/" in next(mail.body for mail in mailoutbox if mail.to == [manager.email])


def test_of_a_case_about_staff_the_manager_hears_nothing(record, about_staff, lead, manager, due, mailoutbox):
    record(by=lead, question=about_staff, next_check_at=due)
    checking.alert_due(now=due)
    checking.alert_due(now=due + DAY)
    assert {to for to, _ in sent(mailoutbox, due + DAY)} == {lead.email}


def test_the_next_entry_answers_it(case, record, lead, due, mailoutbox):
    checking.alert_due(now=due)
    record(by=lead, now=due + SECOND)
    assert (sent(mailoutbox, due + SECOND), checking.alert_due(now=due + 2 * DAY)) == ([], 0)


def test_a_new_check_has_an_alarm_of_its_own(case, record, lead, due):
    checking.alert_due(now=due)
    record(by=lead, now=due + SECOND, next_check_at=due + DAY)
    assert (checking.alert_due(now=due + DAY), told()) == (1, [False, False])


@pytest.mark.parametrize(("level", "at_night"), [("red", 1), ("amber", 0), ("green", 0)])
def test_at_three_of_a_night_red_alone_is_told(record, lead, now, level, at_night):
    night = datetime(2026, 11, 17, 3, tzinfo=UTC)
    record(by=lead, level=level, next_check_at=night)
    assert checking.alert_due(now=night) == at_night
    assert checking.alert_due(now=datetime(2026, 11, 17, 9, 59, 59, tzinfo=UTC)) == 0
    assert checking.alert_due(now=datetime(2026, 11, 17, 10, tzinfo=UTC)) == 1 - at_night


def test_without_opening_hours_red_is_told_all_the_same(record, lead, due):
    record(by=lead, level="red", next_check_at=due)
    ServiceCalendar.objects.all().delete()
    assert checking.alert_due(now=due) == 1


def test_a_case_that_was_let_go_rings_no_more(case, due):
    Check.objects.all().delete()
    assert checking.alert_due(now=due) == 0


def test_what_is_not_due_costs_nothing_more(case, record, lead, now, due, django_assert_num_queries):
    for _ in range(3):
        record(by=lead, question=make_question(now=now), next_check_at=due + DAY)
    with django_assert_num_queries(3):  # a savepoint around it
        assert checking.alert_due(now=due - SECOND) == 0


def test_an_overdue_check_stands_on_the_duty_page_of_the_lead_alone(case, ruth, lead, due):
    at = [board.waiting(lead, now=moment).overdue for moment in (due - SECOND, due)]
    assert [len(lines) for lines in at] == [0, 1]
    assert board.waiting(ruth, now=due).overdue == []
