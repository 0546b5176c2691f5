"""The manager's pages of the hours. It is Monday 16 November 2026, 11:00 in London, and we are open until 18:00."""

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest

from advisors.managing import hours
from askpeer import calendars, scheduling
from askpeer.models import Closure, OpeningWindow, ServiceCalendar
from questions.intake.models import IntakeLimits
from questions.models import Question, Round
from tests.advisors.managing.reading import shown
from tests.factories import ManagerFactory, TopicFactory, make_question

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tom", "clock", "calendar")]
THURSDAY = date(2026, 11, 19)
DAYS = {"first_day": "2026-11-19", "last_day": "2026-11-20", "reason": "Training", "why": "ill", "version": "1"}
WEEK = {f"{edge}_{day}_0": at for day in range(5) for edge, at in (("opens", "10:00"), ("closes", "18:00"))}
WEEK |= {"time_zone": "Europe/London", "country": "GB", "subdivision": "ENG", "why": "closed", "version": "1"}
HOME, ON_WEEK, ON_DAYS = "/manage/hours/", "/manage/hours/week/", "/manage/hours/close/"
OPEN, STRANDED = "/manage/hours/open/", "/manage/hours/stranded/"
AT_SIX = datetime(2026, 11, 19, 18, tzinfo=UTC)
SAVE, CHANGE = {"step": "save"}, {"step": "change"}


@pytest.fixture
def kim(db):
    return ManagerFactory(alias="Kim")


def problems(response):
    return [sentence for sentences in response.context["form"].errors.values() for sentence in sentences]


def present():
    return scheduling.present()[1]


def by_another(kim, now, day=THURSDAY):
    plan = hours.closing(present(), first=day, last=day, reason="Party", today=now.date())
    hours.change(plan, version=1, why="closed", redate=False, by=kim, now=now)
    calendars.forget()


def test_the_page_says_how_it_is(client, now, kim):
    by_another(kim, now)
    page = shown(client.get(HOME))
    for said in (
        "We are open until Mon 16 Nov, 18:00.",
        "Somebody who asks now is promised an answer by 6pm on Friday 20 November.",
        "Monday 10:00–18:00 Tuesday 10:00–18:00",
        "Saturday closed Sunday closed",
        "On the clock of Europe/London.",
        "Closed on the public holidays of United Kingdom (ENG). The next are: Friday 25 December 2026: Christmas Day",
        "19 November 2026 , Party",
        "Version 2 , 16 November 2026, 11:00, Kim Closed 19 November 2026 (Party). Version 1 The first on record.",
    ):
        assert said in page


def test_when_closed_it_names_the_next_staffed_moment(client, clock):
    clock.move_to(datetime(2026, 11, 20, 18, tzinfo=UTC))
    assert "We are closed. The next staffed moment is Mon 23 Nov, 10:00." in shown(client.get(HOME))


def test_what_was_promised_for_a_day_after_it_was_closed_is_shown_and_gets_its_date(client, now, kim):
    by_another(kim, now)
    question = make_question(now=now, status="open")
    Round.objects.update(promised_at=AT_SIX, due_at=AT_SIX)
    page = shown(client.get(HOME))
    assert "1 promise falls on a day when nobody is there." in page
    statuses = [client.post(STRANDED, {"why": why}).status_code for why in ("tired", "", "ill", "ill")]
    assert statuses == [422, 422, 302, 302]
    assert list(Round.objects.values_list("question", "redated_at", "redated_for")) == [
        (question.pk, AT_SIX + timedelta(days=1), "ill")
    ]
    assert "Promised for a closed day" not in shown(client.get(HOME))


def test_while_intake_is_closed_it_names_no_promise(client):
    IntakeLimits.objects.create(taking=False)
    assert "No new question is taken just now." in shown(client.get(HOME))


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_change_and_for_three(client, now, kim, count, django_assert_num_queries):
    for number in range(count):
        day = date(2026, 12, 1 + number)
        plan = hours.closing(present(), first=day, last=day, reason="", today=now.date())
        hours.change(plan, version=1 + number, why="closed", redate=False, by=kim, now=now)
    client.get(HOME)
    with django_assert_num_queries(8):
        client.get(HOME)


def test_closing_two_days_is_shown_before_it_is_saved(client):
    question = make_question(status="open", level="amber", topic=TopicFactory(label="Lonely"), text="I feel so alone.")
    response = client.post(ON_DAYS, DAYS)
    page = shown(response)
    assert response.status_code == 200
    for said in (
        "Nothing is saved yet. Closed 19 to 20 November 2026 (Training).",
        "Somebody who asks now is promised an answer by 6pm on Thursday 19 November. With this it is 6pm on Monday",
        "1 question waits for an answer by a promised date.",
        "1 falls on a day when nobody would be there any more.",
        "Lonely Amber Open, waiting for an advisor Thu 19 Nov, 18:00 Mon 23 Nov, 18:00",
        "Give this promise the new date shown, and tell who asked",
        "They read “Too many of us are ill”, and the new date.",
    ):
        assert said in page
    assert "alone" not in page
    assert (Closure.objects.count(), Question.objects.get().version) == (0, question.version)


def test_saving_it_tells_how_many_really_moved(client):
    make_question(status="open")
    client.post(ON_DAYS, DAYS)
    make_question(status="new")
    response = client.post(ON_DAYS, DAYS | SAVE | {"redate": "on"}, follow=True)
    assert response.redirect_chain == [(HOME, 302)]
    assert "Saved as version 2. 2 promises got a new date, and whoever asked is told." in shown(response)
    assert list(Closure.objects.values_list("first_day", "last_day", "reason")) == [
        (THURSDAY, date(2026, 11, 20), "Training")
    ]
    assert {(turn.redated_at, turn.redated_for) for turn in Round.objects.all()} == {
        (datetime(2026, 11, 23, 18, tzinfo=UTC), "ill")
    }


def test_without_the_tick_none_moves_and_it_says_so(client):
    make_question(status="open")
    response = client.post(ON_DAYS, DAYS | SAVE, follow=True)
    assert "Saved as version 2. One promise stays due on a day when nobody is there." in shown(response)
    assert Round.objects.get().redated_at is None


def test_what_already_has_its_new_date_is_a_supervisors(client, now):
    make_question(status="open")
    Round.objects.update(redated_at=datetime(2026, 11, 20, 18, tzinfo=UTC))
    page = shown(client.post(ON_DAYS, DAYS))
    assert "1 falls on such a day and has had its one new date already." in page
    assert "Give this promise" not in page


def test_going_back_keeps_what_was_typed(client):
    form = client.post(ON_DAYS, DAYS | CHANGE).context["form"]
    assert {name: form[name].value() for name in DAYS} == DAYS
    split = WEEK | {"opens_2_1": "19:00", "closes_2_1": "00:00", "time_zone": "Europe/Brussels"}
    form = client.post(ON_WEEK, split | CHANGE).context["form"]
    assert {name: form[name].value() for name in split} == split


def test_the_preview_sends_along_everything_that_was_typed(client):
    split = WEEK | {"opens_2_1": "19:00", "closes_2_1": "00:00"}
    for path, typed in ((ON_DAYS, DAYS), (ON_WEEK, split)):
        found = client.post(path, typed).content.decode()
        sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', found))
        assert typed.items() <= sent.items()


def test_a_week_is_saved_with_several_windows_a_day(client):
    typed = WEEK | {
        "closes_0_0": "12:00",
        "opens_0_1": "13.30",
        "closes_0_1": "00:00",
        "opens_4_0": "",
        "closes_4_0": "",
    }
    assert client.post(ON_WEEK, typed | SAVE).status_code == 302
    assert list(OpeningWindow.objects.values_list("weekday", "opens", "closes")) == [
        (0, time(10), time(12)),
        (0, time(13, 30), time(0)),
        *[(day, time(10), time(18)) for day in (1, 2, 3)],
    ]


def test_a_week_keeps_the_closures(client, now, kim):
    by_another(kim, now)
    client.post(ON_WEEK, WEEK | SAVE | {"version": "2", "country": "", "subdivision": ""})
    assert (present().country, present().closures) == ("", ((THURSDAY, THURSDAY, "Party"),))


def test_a_day_with_more_windows_than_usual_loses_none(client):
    calendar = ServiceCalendar.objects.get()
    for hour in range(4):
        calendar.windows.create(weekday=5, opens=time(hour), closes=time(hour, 30))
    shown_week = client.get(ON_WEEK).context["form"]
    assert [shown_week[f"opens_5_{number}"].value() for number in range(4)] == ["00:00", "01:00", "02:00", "03:00"]


@pytest.mark.parametrize(
    ("change", "sentences"),
    [
        ({"closes_0_0": ""}, ["Monday: write both times of a window, or leave both empty."]),
        (
            {"closes_0_0": "09:00"},
            ["Monday: a window has to close after it opens. Midnight at the end of a day is 00:00."],
        ),
        ({"opens_6_2": "noon"}, ["Sunday: write the time like 09:30."]),
        (
            {"opens_0_1": "17:00", "closes_0_1": "20:00"},
            ["Two windows overlap: Monday 10:00–18:00 and Monday 17:00–20:00."],
        ),
        (dict.fromkeys(WEEK, "") | {"time_zone": "Europe/London", "why": "closed", "version": "1"},
         ["Keep at least one window: without one, nothing can be promised to anybody."]),
        ({"time_zone": "Mars/Base"}, ["There is no such time zone. Use a name like Europe/London."]),
        ({"time_zone": "../../../etc/passwd"}, ["There is no such time zone. Use a name like Europe/London."]),
        ({"time_zone": ""}, ["Name the time zone."]),
        ({"country": "ZZ"}, ["Choose a country from the list."]),
        (
            {"subdivision": "XX"},
            ["United Kingdom has the parts ENG, NIR, SCT, WLS. Use one of these codes, or leave it empty."],
        ),
        ({"country": "FR"}, ["France has the parts {}. Use one of these codes, or leave it empty."]),
        ({"country": "JM"}, ["We know no parts of Jamaica with holidays of their own. Leave it empty."]),
        ({"country": ""}, ["No country has no such part. Leave it empty, or use one of its codes."]),
        ({"why": "bored"}, ["Choose a reason from the list."]),
        ({"version": "x"}, ["Look at the hours as they are now, then try again."]),
        ({}, ["This is how it is already. Change something first."]),
    ],
)  # fmt: skip
def test_a_week_that_cannot_be_is_refused_and_kept_on_the_page(client, change, sentences):
    for step in ({}, SAVE):
        response = client.post(ON_WEEK, WEEK | change | step)
        found = problems(response)
        if change == {"country": "FR"}:
            found = [re.sub("parts .*Use", "parts {}. Use", one) for one in found]
        assert (response.status_code, found) == (422, sentences)
        form = response.context["form"]
        typed = {name: value for name, value in (WEEK | change).items() if name != "version"}
        assert {name: form[name].value() for name in typed} == typed
    assert scheduling.present()[0] == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"first_day": "2026-11-21"}, "The last day has to be the first day or later."),
        ({"first_day": "2026-11-12", "last_day": "2026-11-15"}, "These days are over already."),
        ({"last_day": "2027-12-01"}, "All closures together can last a year at most."),
        ({"first_day": "9999-12-30", "last_day": "9999-12-31"}, "Choose days within 5 years of today."),
        ({"first_day": "0001-01-01"}, "Choose days within 5 years of today."),
        ({"first_day": "soon"}, "Write the day like 2027-02-28."),
        ({"last_day": ""}, "Choose the last day."),
        ({"reason": "x" * 121}, "This can have 120 characters at most. It has 121."),
        ({"why": ""}, "Choose a reason."),
    ],
)
def test_days_that_cannot_be_closed_are_refused_and_kept_on_the_page(client, change, sentence):
    for step in ({}, SAVE):
        response = client.post(ON_DAYS, DAYS | change | step)
        assert (response.status_code, problems(response)) == (422, [sentence])
        form = response.context["form"]
        assert {name: form[name].value() for name in DAYS} == DAYS | change
    assert Closure.objects.count() == 0


@pytest.mark.parametrize(("path", "typed"), [(ON_DAYS, DAYS), (ON_WEEK, WEEK | {"closes_0_0": "17:15"})])
@pytest.mark.parametrize("step", [{}, SAVE])
def test_the_second_of_two_managers_sees_both_and_can_go_on(client, now, kim, path, typed, step):
    by_another(kim, now, day=date(2026, 12, 1))
    response = client.post(path, typed | step)
    assert response.status_code == 409
    assert problems(response) == [
        "Somebody changed the hours a moment ago. Look at them as they are now, then try again."
    ]
    assert "The hours as they are now" in shown(response)
    assert "1 December 2026: Party" in shown(response)
    form = response.context["form"]
    assert {name: form[name].value() for name in typed} == typed
    version = re.search(r'name="version" value="(\d+)"', response.content.decode()).group(1)
    assert client.post(path, typed | SAVE | {"version": version}).status_code == 302
    assert scheduling.present()[0] == 3


def test_pressing_save_twice_closes_the_days_once(client):
    assert client.post(ON_DAYS, DAYS | SAVE).status_code == 302
    again = client.post(ON_DAYS, DAYS | SAVE)
    assert (again.status_code, problems(again)) == (422, ["We are closed on all of these days already."])
    assert Closure.objects.count() == 1


def test_days_are_opened_again_from_the_list(client, now, kim):
    by_another(kim, now)
    page = client.get(HOME).content.decode()
    sent = dict(re.findall(r'<input type="hidden" name="(version|first_day|last_day)" value="([^"]*)"', page))
    assert sent == {"version": "2", "first_day": "2026-11-19", "last_day": "2026-11-19"}
    preview = shown(client.post(OPEN, sent))
    assert "Open again 19 November 2026." in preview
    assert "Promises that were given a new date because of the closure keep it." in preview
    assert client.post(OPEN, sent | SAVE).status_code == 302
    assert (Closure.objects.count(), scheduling.present()[0]) == (0, 3)
    again = client.post(OPEN, sent | SAVE)
    assert (again.status_code, problems(again)) == (409, ["This closure is not ahead any more."])


def test_who_was_signed_out_gets_the_reason_back(client):
    client.logout()
    response = client.post(ON_DAYS, DAYS | SAVE)
    assert (response.status_code, "Training" in response.content.decode()) == (403, True)
    assert Closure.objects.count() == 0


@pytest.mark.parametrize(("count", "status"), [(60, 302), (61, 422)])
def test_a_reason_is_measured_as_it_is_kept(client, count, status):
    """U+0958 becomes two letters in the form that is kept (NFC)."""
    data = {"first_day": THURSDAY, "last_day": THURSDAY, "reason": "\u0958" * count, "why": "ill", "version": "1"}
    response = client.post(ON_DAYS, data | SAVE)
    assert response.status_code == status
    if status == 422:
        assert problems(response) == ["This can have 120 characters at most. It has 122."]
