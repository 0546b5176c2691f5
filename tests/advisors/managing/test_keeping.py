"""How long things are kept: what other periods would do is said first, and every last day is set anew at once."""

from datetime import timedelta

import pytest

from advisors.managing import keeping
from askpeer import history
from askpeer.errors import Refused, Stale
from questions import deadlines, moves, retaining, ringing
from questions import keeping as retention
from questions.intake import kept
from questions.models import Question, Retention
from tests.advisors.managing.reading import shown
from tests.factories import SupervisorFactory, make_question
from tests.interleaving import before

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]
PAGE = "/manage/keeping/"
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
WAS = {"was_close": "30", "was_erase": "90"}


@pytest.fixture
def page(tom, clock):
    return PAGE


def ended(status, days, now):
    """A question that entered this status so many days ago."""
    question = make_question(now=now)
    Question.objects.filter(pk=question.pk).update(status=status, entered_at=now - days * DAY)
    question.refresh_from_db()
    moves.set_alarm(question, now=now)
    question.refresh_from_db()
    return question


def send(client, close_days, erase_days, step="save", **was):
    return client.post(PAGE, {"close_days": close_days, "erase_days": erase_days, "step": step} | WAS | was)


def change(tom, now, close_days, erase_days, was=(30, 90)):
    return keeping.change(close_days=close_days, erase_days=erase_days, before=was, by=tom, now=now)


def effects(now, close_days, erase_days):
    return retention.effects(close_days=close_days, erase_days=erase_days, now=now)


def test_the_page_says_what_holds_and_everything_that_is_kept(client, page):
    said = shown(client.get(page))
    assert said.count("An answer stays open 30 days, then its question closes. 90 days later it is erased.") == 1
    assert said.count("A partner's repeated request 72 hours it is forgotten") == 1


def test_the_settings_hold_until_a_manager_says_otherwise(tom, now, settings):
    settings.CLOSE_AFTER = 40 * DAY
    assert (retention.days(), deadlines.kept_for()["close"]) == ((40, 90), 40 * DAY)
    change(tom, now, 20, 60, was=(40, 90))
    settings.CLOSE_AFTER = 50 * DAY
    assert (retention.days(), deadlines.kept_for()) == ((20, 60), {"close": 20 * DAY, "erase": 60 * DAY})


def test_saved_periods_move_every_alarm_at_once(client, page, tom, now):
    answered, closed = ended("answered", 5, now), ended("closed", 5, now)
    assert (answered.alarm_at, closed.alarm_at) == (now + 25 * DAY, now + 85 * DAY)
    response = client.post(PAGE, {"close_days": 20, "erase_days": 60, "step": "save"} | WAS, follow=True)
    sentence = "Saved. 2 questions got a new last day. Everybody's pages show it within 30 seconds."
    assert [str(message) for message in response.context["messages"]] == [sentence]
    answered.refresh_from_db()
    closed.refresh_from_db()
    assert (answered.alarm_at, closed.alarm_at) == (now + 15 * DAY, now + 55 * DAY)
    trail = [(entry.kind, entry.actor, entry.facts) for entry in history.of("settings:retention")]
    assert trail == [("retention set", tom.name, {"close_days": 20, "erase_days": 60, "alarms": 2})]


def test_the_privacy_page_names_the_new_periods(client, tom, now):
    change(tom, now, 21, 61)
    page = client.get("/privacy/")
    assert (page.context["closes"], page.context["erases"]) == (21, 61)


def test_what_would_end_within_the_hour_is_said_with_what_was_promised(client, page, now):
    ended("answered", 25, now)
    ended("closed", 70, now)
    ended("closed", 61, now)
    ended("closed", 5, now)
    response = send(client, 20, 60, step="preview")
    said = shown(response)
    assert (response.status_code, Retention.objects.count()) == (200, 0)
    assert said.count("1 closes within the next hour by this. Its asker was told until Saturday 21 November.") == 1
    told = "Their askers were told until between Sunday 6 December and Tuesday 15 December."
    assert said.count(f"2 are erased within the next hour by this. {told}") == 1
    assert said.count("1 more ends sooner than its page said.") == 1
    assert Question.objects.filter(alarm_at__lte=now).count() == 0


@pytest.mark.parametrize(("late", "soon"), [(SECOND, 0), (timedelta(), 1), (-SECOND, 1)])
def test_within_the_hour_is_to_the_second(now, late, soon):
    question = ended("closed", 5, now)
    Question.objects.filter(pk=question.pk).update(entered_at=now + timedelta(hours=1) + late - 60 * DAY)
    assert effects(now, 30, 60)[1].soon == soon


@pytest.mark.parametrize(("erase_days", "sooner", "later"), [(60, 1, 0), (90, 0, 0), (120, 0, 1)])
def test_what_ends_sooner_and_what_stays_longer_are_counted(now, erase_days, sooner, later):
    ended("closed", 5, now)
    effect = effects(now, 30, erase_days)[1]
    assert (effect.soon, effect.sooner, effect.later) == (0, sooner, later)


def test_what_would_have_ended_anyhow_is_not_counted(now):
    question = ended("closed", 5, now)
    Question.objects.filter(pk=question.pk).update(entered_at=now - 90 * DAY)
    assert effects(now, 30, 60)[1] == retention.Effect("erase", 0, None, None, 0, 0)


def test_what_the_preview_says_is_what_happens(tom, now):
    ended("closed", 70, now)
    ended("closed", 59, now)
    soon = effects(now, 30, 60)[1].soon
    change(tom, now, 30, 60)
    ringing.ring_due(now=now + timedelta(hours=1))
    assert (soon, Question.objects.filter(status="withdrawn").count()) == (1, 1)


def test_longer_periods_keep_what_was_about_to_be_erased(tom, now):
    question = ended("closed", 89, now)
    change(tom, now, 30, 120)
    ringing.ring_due(now=now + 2 * DAY)
    question.refresh_from_db()
    assert (question.status, question.alarm_at) == ("closed", now + 31 * DAY)


def test_a_process_with_the_former_periods_is_put_right_by_the_hourly_purge(tom, now):
    question = ended("closed", 5, now)
    change(tom, now, 30, 60)
    Question.objects.update(alarm_at=now + 85 * DAY)  # set by a process that had read 90 a moment before
    retaining.settle()
    question.refresh_from_db()
    assert question.alarm_at == now + 55 * DAY


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("close_days", "6", "Days until a question closes: write a number of days from 7 to 365."),
        ("close_days", "366", "Days until a question closes: write a number of days from 7 to 365."),
        ("close_days", "", "Days until a question closes: write a number of days from 7 to 365."),
        ("erase_days", "29", "Days until it is erased: write a number of days from 30 to 730."),
        ("erase_days", "731", "Days until it is erased: write a number of days from 30 to 730."),
        ("erase_days", "3\0", "Days until it is erased: write a number of days from 30 to 730."),
        ("erase_days", "9" * 200_000, "Days until it is erased: write a number of days from 30 to 730."),
    ],
)
@pytest.mark.parametrize("step", ["preview", "save"])
def test_periods_that_will_not_do_are_refused_at_their_field(client, page, name, typed, sentence, step):
    response = send(client, **{"close_days": "30", "erase_days": "60", "step": step} | {name: typed})
    assert (response.status_code, response.context["form"].errors) == (422, {name: [sentence]})
    assert Retention.objects.count() == 0


def test_each_limit_of_the_periods(tom, now):
    change(tom, now, 7, 30)
    change(tom, now, 365, 730, was=(7, 30))
    for wrong in ((6, 90), (366, 90), (30, 29), (30, 731)):
        with pytest.raises(Refused):
            change(tom, now, *wrong, was=(365, 730))
    assert retention.days() == (365, 730)


def test_nothing_changed_is_said(client, page):
    response = send(client, 30, 90, step="preview")
    assert (response.status_code, response.context["form"].non_field_errors()) == (
        422,
        ["This is how it is already. Change something first."],
    )


def test_what_was_typed_is_there_again(client, page):
    response = send(client, "x", "60", step="change")
    assert (response.status_code, response.context["form"]["erase_days"].value()) == (200, "60")


def test_of_two_managers_the_second_looks_again(client, page, tom, now):
    change(tom, now, 20, 60)
    response = send(client, 25, 70)
    assert (response.status_code, retention.days()) == (409, (20, 60))
    form = response.context["form"]
    assert [form[name].value() for name in ("close_days", "was_close", "was_erase")] == ["25", 20, 60]


def test_two_first_rows_at_once_are_one(tom, now):
    with (
        before("SELECT", "questions_retention", lambda: change(tom, now, 20, 60), nth=2),
        pytest.raises(Stale),
    ):
        change(tom, now, 25, 70)


def test_the_next_seven_days_are_counted(client, page, now):
    ended("answered", 24, now)
    ended("closed", 83, now)
    ended("closed", 82, now)
    found = dict(keeping.ahead(now=now))
    assert (found["Questions that close"], found["Questions that are erased"]) == (1, 1)


def test_a_case_about_staff_ends_as_any_other_and_is_not_counted(tom, now):
    """Monday counts none: one more that ends here would be such a case."""
    case = ended("closed", 85, now)
    Question.objects.filter(pk=case.pk).update(about_staff=True)
    assert [tuple(effect)[1:] for effect in effects(now, 30, 60)] == [(0, None, None, 0, 0)] * 2
    assert dict(keeping.ahead(now=now))["Questions that are erased"] == 0
    assert change(tom, now, 30, 100) == 0
    case.refresh_from_db()
    assert case.alarm_at == now + 15 * DAY


def test_only_a_manager_may(client, page, now):
    other = SupervisorFactory()
    with pytest.raises(Refused, match=r"Only a manager can do this\."):
        change(other, now, 20, 60)
    client.force_login(other)
    assert [client.get(PAGE).status_code, send(client, 20, 60).status_code] == [403, 403]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_much_there_is(client, page, now, count, django_assert_num_queries):
    client.get(page)
    for _ in range(count):
        ended("closed", 5, now)
    kept.value("retention", dict)
    with django_assert_num_queries(12):
        client.get(page)
