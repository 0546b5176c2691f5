"""How many questions are taken: what the numbers mean is said, closing takes a second press, and nothing is lost."""

from datetime import timedelta

import pytest

from advisors.managing import limits
from askpeer import history
from askpeer.errors import Refused
from questions.intake import kept, promising
from questions.intake.models import IntakeLimits
from questions.models import Question
from tests.advisors.managing.reading import shown
from tests.factories import SupervisorFactory, make_question
from tests.interleaving import before

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]
PAGE = "/manage/limits/"
SENT = {"taking": "on", "answers_a_day": "7", "full_after": "9", "step": "save"}
BY_THURSDAY, BY_FRIDAY = "6pm on Thursday 19 November", "6pm on Friday 20 November"


@pytest.fixture
def page(tom, clock):
    return PAGE


def seen():
    return limits.seen(promising.limits())


def save(client, **values):
    return client.post(PAGE, SENT | {"seen": seen()} | values)


def row():
    found = IntakeLimits.objects.get()
    return found.taking, found.answers_a_day, found.full_after


def queue(now, count):
    for _ in range(count):
        make_question(now=now)
    kept.forget()


def change(tom, now, **values):
    sent = {"taking": True, "answers_a_day": 7, "full_after": 9, "seen": seen(), "closing": False} | values
    return limits.change(**sent, by=tom, now=now)


def test_the_page_says_what_the_numbers_mean_now(client, page, now):
    queue(now, 14)
    said = shown(client.get(page))
    assert said.count(f"With these numbers a question asked now is promised by {BY_THURSDAY}.") == 1
    assert said.count("14 questions wait for an answer. 20 answers a working day are sure") == 1


def test_a_case_about_staff_takes_its_place_and_is_not_counted(tom, now):
    """Beside the counts of Monday, which leave it out, one more would tell of it."""
    queue(now, 13)
    make_question(now=now, about_staff=True)
    kept.forget()
    after = change(tom, now, answers_a_day=4)
    assert (after.waiting, after.days) == (13, 4)


def test_saved_numbers_hold_at_once_and_say_when_every_process_has_them(client, page, tom, now):
    response = client.post(PAGE, SENT | {"seen": seen()}, follow=True)
    assert row() == (True, 7, 9)
    sentence = f"Saved. A question asked now is promised by {BY_THURSDAY}. Everybody's pages show it within 30 seconds."
    assert [str(message) for message in response.context["messages"]] == [sentence]
    trail = [(entry.kind, entry.actor, entry.facts) for entry in history.of("settings:limits")]
    assert trail == [("limits set", tom.name, {"taking": True, "answers_a_day": 7, "full_after": 9})]


def test_fewer_hands_promise_later_and_it_is_said_before_anybody_asks(client, page, now, tom):
    queue(now, 14)
    after = change(tom, now, answers_a_day=4)
    assert (after.waiting, after.days, after.promise) == (14, 4, BY_FRIDAY)
    assert promising.room(now).days == 4


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"taking": ""}, "New questions are switched off until you switch them on again."),
        (
            {"answers_a_day": "1", "full_after": "3"},
            "14 questions wait. By these numbers another one would take longer",
        ),
    ],
)
def test_what_would_close_is_shown_first_and_saved_by_a_second_press(client, page, now, values, why):
    queue(now, 14)
    response = save(client, **values)
    assert (response.status_code, IntakeLimits.objects.count(), promising.room(now).full) == (200, 0, False)
    assert shown(response).count(why) == 1
    assert save(client, closing="on", **values).status_code == 302
    assert promising.room(now).full is True
    client.get(page)  # says once that it is saved
    assert shown(client.get(page)).count("Nobody can ask now") == 1


def test_who_looks_at_closing_may_go_back_and_finds_what_they_typed(client, page, now):
    response = save(client, answers_a_day="1", full_after="3", step="change")
    assert (response.status_code, IntakeLimits.objects.count()) == (200, 0)
    assert response.content.decode().count('value="1"') == 1


def test_closed_already_takes_no_second_press(client, page, now):
    save(client, taking="", closing="on")
    assert save(client, taking="", answers_a_day="5").status_code == 302
    assert row() == (False, 5, 9)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("answers_a_day", "0"),
        ("answers_a_day", "10001"),
        ("answers_a_day", "x"),
        ("answers_a_day", ""),
        ("answers_a_day", str(2**63)),
        ("answers_a_day", "7\0"),
        ("full_after", "2"),
        ("full_after", "61"),
        ("full_after", "²"),
        ("full_after", "9" * 200_000),
    ],
)
def test_numbers_that_will_not_do_are_refused_at_their_field(client, page, name, typed):
    response = save(client, **{name: typed})
    assert (response.status_code, IntakeLimits.objects.count()) == (422, 0)
    assert list(response.context["form"].errors) == [name]


def test_each_limit_of_the_numbers(tom, now):
    for values in ({"answers_a_day": 1, "full_after": 3}, {"answers_a_day": 10_000, "full_after": 60}):
        change(tom, now, **values)
        assert row() == (True, *values.values())
    for wrong in ({"answers_a_day": 0}, {"answers_a_day": 10_001}, {"full_after": 2}, {"full_after": 61}):
        with pytest.raises(Refused):
            change(tom, now, **wrong)
    assert row() == (True, 10_000, 60)


def test_of_two_managers_the_second_sees_what_the_first_saved(client, page, tom, now):
    old = seen()
    change(tom, now, answers_a_day=11)
    response = client.post(PAGE, SENT | {"seen": old})
    assert (response.status_code, row()) == (409, (True, 11, 9))
    assert shown(response).count("11 answers a working day are sure") == 1
    form = response.context["form"]
    assert (form["answers_a_day"].value(), form["seen"].value()) == ("7", seen())
    assert save(client).status_code == 302


def test_two_first_rows_at_once_are_one(tom, now):
    with before("SELECT", "intake_intakelimits", IntakeLimits.objects.create, nth=2):
        change(tom, now, seen=limits.seen(IntakeLimits()))
    assert row() == (True, 7, 9)


def test_only_a_manager_may(page, client, now, calendar):
    other = SupervisorFactory()
    with pytest.raises(Refused, match=r"Only a manager can do this\."):
        change(other, now)
    client.force_login(other)
    assert [client.get(PAGE).status_code, save(client).status_code] == [403, 403]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_many_wait(client, page, now, count, django_assert_num_queries):
    client.get(PAGE)
    queue(now - timedelta(hours=1), count)
    assert Question.objects.count() == count
    with django_assert_num_queries(8):
        client.get(PAGE)
