from datetime import timedelta

import pytest

from advisors.drafting import claiming
from advisors.signoff import triaging
from advisors.team import wrapping_up
from advisors.team.models import WrapUp
from askpeer.errors import Refused
from questions.models import Question
from tests.factories import ManagerFactory, PersonFactory, TopicFactory, make_question

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]
HOURS = timedelta(hours=1)


@pytest.fixture
def held(omar, sam, now):
    """Make a question that Sam took half an hour ago."""

    def make():
        question = make_question(now=now - HOURS, topic=TopicFactory())
        notes, line = {"content_notes": []}, "New school."
        triaging.pass_on(question=question, version=1, summary=line, by=omar, now=now - HOURS, **notes)
        claiming.claim(question=question, by=sam, version=2, now=now - HOURS / 2)
        return question

    return make


def give(person, hours, at, **more):
    return wrapping_up.wrap_up(person=person, now=at, **{"hours": hours, "minutes": 0} | more)


def test_the_hours_of_the_last_seven_days_count(sam, now):
    give(sam, 2, now)
    give(sam, 1, now + HOURS, minutes=20)
    give(PersonFactory(), 9, now)
    week = timedelta(days=7)
    moments = [now, now + HOURS, now + week - timedelta(seconds=1), now + week, now + week + HOURS]
    assert [wrapping_up.minutes_of_the_week(sam, now=moment) for moment in moments] == [120, 200, 200, 80, 0]


@pytest.mark.parametrize(("hours", "minutes"), [(0, 0), (24, 0), (0, 59)])
def test_a_turn_is_as_long_as_it_was(sam, now, hours, minutes):
    assert give(sam, hours, now, minutes=minutes).minutes == hours * 60 + minutes


@pytest.mark.parametrize(("hours", "minutes"), [(24, 1), (0, -1), (25, 0)])
def test_a_turn_is_no_longer_than_a_day_and_no_shorter_than_nothing(sam, now, hours, minutes):
    with pytest.raises(Refused, match=r"^A turn is between no time at all and 24 hours\.$"):
        give(sam, hours, now, minutes=minutes)


def test_how_they_leave_it_is_sealed_and_need_not_be_said(sam, now):
    give(sam, 1, now, mood="hard")
    give(sam, 2, now)
    assert b"hard" not in bytes(WrapUp.objects.filter(minutes=60).values_list("mood", flat=True).get())
    assert [row.mood for row in WrapUp.objects.order_by("minutes")] == ["hard", None]
    with pytest.raises(Refused, match=r"^Choose one of the three, or none\.$"):
        give(sam, 3, now, mood="great")


def test_a_button_pressed_twice_is_one_turn(sam, now):
    for seconds in (0, 59, 60):
        give(sam, 1, now + timedelta(seconds=seconds))
    assert WrapUp.objects.count() == 2


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "0 minutes"), (1, "1 minute"), (60, "1 hour"), (61, "1 hour 1 minute"), (720, "12 hours")],
)
def test_time_in_words(minutes, said):
    assert wrapping_up.said(minutes) == said


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_shows_what_they_hold_for_the_same_cost(browser, held, sam, count, django_assert_num_queries):
    page = browser(sam)
    page.get("/desk/wrap-up/")
    for _ in range(count):
        held()
    with django_assert_num_queries(6):
        response = page.get("/desk/wrap-up/")
    assert [(one.form is not None, one.put_back) for one in response.context["held"]] == [(True, False)] * count


def test_handing_back_from_here_leads_back_here(browser, held, sam):
    question = held()
    sent = {"version": 3, "note": "Ask about lunch.", "then": "wrap-up"}
    assert browser(sam).post(f"/desk/{question.pk}/hand-back/", sent).url == "/desk/wrap-up/"
    assert Question.objects.get().status == "open"


def test_what_waits_for_somebody_else_is_shown_without_a_way_to_hand_it_back(browser, held, sam):
    held()
    Question.objects.update(status="in_review")
    assert browser(sam).get("/desk/wrap-up/").context["held"][0].form is None


def test_wrapping_up_writes_the_turn_down_and_leads_to_the_desk(browser, sam):
    page = browser(sam)
    assert page.post("/desk/wrap-up/", {"hours": "1", "minutes": "30", "mood": "fine"}).url == "/desk/"
    assert page.get("/desk/wrap-up/").context["given"] == "1 hour 30 minutes"
    assert page.post("/desk/wrap-up/", {"hours": "", "minutes": ""}).status_code == 302
    assert sorted(row.minutes for row in WrapUp.objects.all()) == [0, 90]


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"hours": "x"}, "Hours: write a whole number from 0 to 24."),
        ({"hours": "25"}, "Hours: write a whole number from 0 to 24."),
        ({"minutes": "-1"}, "Minutes: write a whole number from 0 to 59."),
        ({"minutes": "60"}, "Minutes: write a whole number from 0 to 59."),
        ({"hours": "24", "minutes": "1"}, "A turn is between no time at all and 24 hours."),
        ({"mood": "x"}, "Select a valid choice. x is not one of the available choices."),
    ],
)
def test_what_cannot_be_is_a_sentence_and_stays_in_its_box(browser, sam, sent, sentence):
    response = browser(sam).post("/desk/wrap-up/", sent)
    form = response.context["form"]
    assert (response.status_code, [one for many in form.errors.values() for one in many]) == (422, [sentence])
    assert {name: form[name].value() for name in sent} == sent
    assert WrapUp.objects.count() == 0


def test_only_those_who_answer_wrap_up(browser):
    assert browser(ManagerFactory()).get("/desk/wrap-up/").status_code == 403
