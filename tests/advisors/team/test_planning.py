"""Turns that people plan for themselves, and days on which they are away."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from advisors.duty import rota
from advisors.duty.models import Absence
from advisors.models import Person
from advisors.signoff import leaving
from advisors.team import planning
from advisors.team.models import Turn
from askpeer import history
from askpeer.errors import Refused, Stale
from questions.intake.models import Hands
from tests.factories import ManagerFactory, PersonFactory
from tests.interleaving import before

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]
TUESDAY = date(2026, 11, 17)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
FULL = "That is more than 12 hours in seven days. Leave some for the others, and rest."
YOUNG = "Under 18, a turn is between 7 in the morning and 9 in the evening."
OVER = "This is over already. Choose a time that is still ahead."


def meant(person, now, day=TUESDAY, starts="16:00", ends="18:00"):
    return planning.plan(
        person=person, day=day, starts=time.fromisoformat(starts), ends=time.fromisoformat(ends), now=now
    )


def refusal(*args, **kwargs):
    with pytest.raises(Refused) as refused:
        meant(*args, **kwargs)
    return str(refused.value)


def test_a_turn_stands_on_their_plan_and_on_the_days_board_and_nowhere_in_the_trail(sam, now):
    row = meant(sam, now)
    assert (row.starts_at, row.ends_at) == (
        datetime(2026, 11, 17, 16, tzinfo=UTC),
        datetime(2026, 11, 17, 18, tzinfo=UTC),
    )
    assert planning.ahead(sam, now=now) == [planning.Planned(row, "Sam", "Tuesday 17 November", "16:00 to 18:00")]
    assert [one.alias for one in planning.today(now=now)] == []
    assert [one.alias for one in planning.today(now=now + DAY)] == ["Sam"]
    assert history.of(sam.name) == []


@pytest.mark.parametrize(
    ("day", "starts", "ends", "first", "last"),
    [
        # The clocks go forward at one on 29 March 2026, and back at two on 25 October.
        (date(2026, 3, 29), "00:30", "03:30", (29, 0, 30), (29, 2, 30)),
        (date(2026, 10, 25), "00:30", "03:30", (24, 23, 30), (25, 3, 30)),
        (date(2026, 10, 25), "00:00", "03:00", (24, 23, 0), (25, 3, 0)),
        (date(2026, 7, 1), "20:00", "00:00", (1, 19, 0), (1, 23, 0)),
    ],
)
def test_each_edge_is_turned_to_utc_by_itself(sam, day, starts, ends, first, last):
    now = datetime(day.year, day.month, 1, tzinfo=UTC)
    row = meant(sam, now, day, starts, ends)
    edges = [(edge.day, edge.hour, edge.minute) for edge in (row.starts_at, row.ends_at)]
    assert edges == [first, last]
    assert planning.ahead(sam, now=now)[0].hours == f"{starts} to {ends}"


def test_four_hours_are_real_ones_on_the_night_the_clocks_change(sam):
    assert refusal(sam, datetime(2026, 10, 1, tzinfo=UTC), date(2026, 10, 25), "00:00", "03:01").startswith(
        "A turn is 4"
    )
    meant(sam, datetime(2026, 3, 1, tzinfo=UTC), date(2026, 3, 29), "00:00", "05:00")


@pytest.mark.parametrize(
    ("day", "starts", "sentence"),
    [
        (date(2026, 3, 29), "01:30", "The clocks go forward that night and this time is left out."),
        (date(2026, 10, 25), "01:30", "The clocks go back that night and this time comes twice."),
    ],
)
def test_a_time_that_is_missing_or_comes_twice_is_a_sentence(sam, day, starts, sentence):
    assert refusal(sam, datetime(day.year, day.month, 1, tzinfo=UTC), day, starts, "03:30").startswith(sentence)


@pytest.mark.parametrize(
    ("day", "starts", "ends", "sentence"),
    [
        (TUESDAY, "16:00", "16:00", "It has to end after it starts, on the same day."),
        (TUESDAY, "16:00", "15:00", "It has to end after it starts, on the same day."),
        (TUESDAY, "14:00", "18:01", "A turn is 4 hours at most. Plan a break, and another one after it."),
        (date(2026, 11, 16), "09:00", "11:00", OVER),
        (date(2026, 11, 15), "20:00", "00:00", OVER),
        (date(1, 1, 1), "16:00", "18:00", OVER),
        (date(2027, 1, 16), "16:00", "18:00", "Plan 60 days ahead at most."),
        (date.max, "20:00", "00:00", "Plan 60 days ahead at most."),
    ],
)
def test_what_is_no_turn_is_a_sentence(sam, now, day, starts, ends, sentence):
    assert refusal(sam, now, day, starts, ends) == sentence
    assert Turn.objects.count() == 0


def test_the_edges_of_what_is_one(sam, now):
    meant(sam, now, date(2026, 11, 16), "09:00", "11:01")
    meant(sam, now, TUESDAY, "14:00", "18:00")
    meant(sam, now, date(2027, 1, 15), "20:00", "00:00")
    assert Turn.objects.count() == 3


@pytest.mark.parametrize(
    ("starts", "ends", "fits"),
    [("07:00", "09:00", True), ("06:59", "09:00", False), ("19:00", "21:00", True), ("19:00", "21:01", False),
     ("20:30", "00:00", False)],
)  # fmt: skip
def test_under_18_the_night_is_no_turn(now, starts, ends, fits):
    young = PersonFactory(born_on=date(2008, 11, 18))
    if fits:
        meant(young, now, TUESDAY, starts, ends)
    else:
        assert refusal(young, now, TUESDAY, starts, ends) == YOUNG
    meant(young, now, date(2026, 11, 18), "21:00", "23:00")  # the evening of their eighteenth birthday
    meant(PersonFactory(), now, TUESDAY, starts, ends)


def test_twelve_hours_in_any_seven_days_and_not_a_minute_more(sam, now):
    for day in (17, 19, 21):
        meant(sam, now, date(2026, 11, day), "14:00", "18:00")
    assert refusal(sam, now, date(2026, 11, 23), "14:00", "14:01") == FULL
    assert refusal(sam, now, date(2026, 11, 18), "10:00", "10:01") == FULL
    # The seven days that end with this one begin as the first of the three does, so it leaves as this one comes.
    meant(sam, now, date(2026, 11, 24), "14:00", "18:00")
    meant(PersonFactory(), now, date(2026, 11, 18), "10:00", "12:00")


def test_two_at_the_same_time_are_one_too_many_and_one_after_the_other_are_not(sam, now):
    meant(sam, now)
    assert refusal(sam, now, TUESDAY, "17:59", "18:30") == "You have a turn at that time already."
    meant(sam, now, TUESDAY, "18:00", "18:30")


def test_two_windows_at_once_are_counted_under_the_lock(sam, now):
    """The person's row is locked before others of theirs are looked at."""
    seen = []
    with before("SELECT", "team_turn", lambda: seen.append(meant(sam, now, TUESDAY, "12:00", "13:00"))):
        meant(sam, now)
    assert Turn.objects.count() == 2
    with (
        pytest.raises(Refused),
        before("SELECT", "advisors_person", lambda: meant(sam, now, TUESDAY, "17:30", "19:00")),
    ):
        meant(sam, now, TUESDAY, "18:00", "19:00")


def test_only_who_answers_questions_plans(now):
    for person in (ManagerFactory(), PersonFactory(is_active=False)):
        assert refusal(person, now) == "Only somebody who answers questions plans a turn."


def test_one_takes_off_ones_own_and_no_other_and_nothing_that_is_over(sam, ruth, now):
    row = meant(sam, now)
    for person, at in ((ruth, now), (sam, row.ends_at)):
        with pytest.raises(Stale, match="off your plan already"):
            planning.take_off(turn=row.pk, person=person, now=at)
    planning.take_off(turn=row.pk, person=sam, now=row.ends_at - SECOND)
    assert Turn.objects.count() == 0


def test_days_away_take_turns_off_and_hands_are_counted_anew(sam, ruth, now):
    for day in (16, 17, 18, 19):
        meant(sam, now, date(2026, 11, day), "20:00", "00:00" if day == 16 else "21:00")
    other = meant(ruth, now)
    assert planning.be_away(person=sam, first_day=TUESDAY, last_day=TUESDAY + DAY, now=now) == 2
    assert [row.starts_at.day for row in sam.turns.all()] == [16, 19]
    assert Turn.objects.filter(pk=other.pk).exists()
    assert (Hands.objects.get(day=TUESDAY).share, Hands.objects.get(day=TUESDAY + 2 * DAY).share) == (0.0, 1.0)
    assert refusal(sam, now) == "You are away on that day. Take that off first."
    with pytest.raises(Refused, match=r"^You are away on some of these days already"):
        planning.be_away(person=sam, first_day=TUESDAY, last_day=TUESDAY, now=now)


def test_back_again_takes_off_ones_own_absence_and_no_other(sam, ruth, now):
    planning.be_away(person=sam, first_day=TUESDAY, last_day=TUESDAY, now=now)
    row = Absence.objects.get()
    with pytest.raises(Stale):
        planning.be_back(absence=row.pk, person=ruth, now=now)
    with pytest.raises(Refused, match="Only a manager can do this"):
        rota.remove(row, by=ruth, now=now)
    planning.be_back(absence=row.pk, person=sam, now=now)
    assert (Absence.objects.count(), Hands.objects.get(day=TUESDAY).share) == (0, 1.0)
    assert [(entry.kind, entry.actor) for entry in history.of(sam.name)] == [
        ("absence_added", sam.name),
        ("absence_removed", sam.name),
    ]


def test_who_is_here_now_by_alias(sam, ruth, now):
    row = meant(sam, now)
    later = meant(ruth, now, TUESDAY, "17:00", "19:00")
    moments = [row.starts_at - SECOND, row.starts_at, later.starts_at, row.ends_at, later.ends_at]
    assert [[one.alias for one in planning.here_now(now=at)] for at in moments] == [
        [],
        ["Sam"],
        ["Ruth", "Sam"],
        ["Ruth"],
        [],
    ]


def test_who_is_away_or_gone_is_not_here(sam, ruth, now):
    row, tom = meant(sam, now), ManagerFactory()
    meant(ruth, now)
    rota.add_absence(person=sam, first_day=TUESDAY, last_day=TUESDAY, by=tom, now=now)
    Person.objects.filter(pk=ruth.pk).update(is_active=False)
    assert (planning.here_now(now=row.starts_at), planning.today(now=row.starts_at)) == ([], [])


def test_whoever_leaves_takes_what_is_ahead_with_them(sam, now, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    meant(sam, now)
    leaving.leave(person=sam, by=ManagerFactory(), now=now)
    assert Turn.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_cost_the_same_whatever_is_planned(sam, now, count, django_assert_num_queries):
    for number in range(count):
        meant(sam, now, date(2026, 11, 17 + number), "10:00", "12:00")
        meant(PersonFactory(), now)
    at = datetime(2026, 11, 17, 10, tzinfo=UTC)
    for costs, read in (
        (1, lambda: planning.ahead(sam, now=now)),
        (1, lambda: planning.away_ahead(sam, now=now)),
        (1, lambda: planning.today(now=at)),
        (1, lambda: planning.here_now(now=at)),
    ):
        with django_assert_num_queries(costs):
            read()


def test_the_page_plans_takes_off_and_says_who_is_away(browser, sam, ruth, now):
    client = browser(sam)
    assert "Nothing is on your plan yet." in client.get("/desk/turns/").content.decode()
    sent = {"day": "2026-11-17", "starts": "16:00", "ends": "17:00"}
    page = client.post("/desk/turns/", sent, follow=True).content.decode()
    assert "<b>Tuesday 17 November</b>, 16:00 to 17:00" in page
    days = {"first_day": "2026-11-17", "last_day": "2026-11-17"}
    page = client.post("/desk/turns/away/", days, follow=True).content.decode()
    assert "One turn is off your plan with it." in page
    assert "17 November 2026" in page
    off = f"/desk/turns/away/{Absence.objects.get().pk}/off/"
    assert "Welcome back." in client.post(off, follow=True).content.decode()
    assert client.post(off).status_code == 409
    client.post("/desk/turns/", sent)
    off = f"/desk/turns/{Turn.objects.get().pk}/off/"
    assert browser(ruth).post(off).status_code == 409
    assert client.post(off).status_code == 302
    assert client.post(off).status_code == 409
    assert client.get(off).status_code == 405


def test_a_turn_while_we_are_closed_is_kept_with_a_word_about_it(browser, sam):
    sent = {"day": "2026-11-17", "starts": "19:00", "ends": "20:00"}
    page = browser(sam).post("/desk/turns/", sent, follow=True).content.decode()
    assert planning.CLOSED.replace("'", "&#x27;") in page
    assert Turn.objects.count() == 1


def test_the_duty_board_says_who_means_to_be_here(browser, sam, ruth, now):
    meant(sam, now, date(2026, 11, 16), "16:00", "18:00")
    assert "<dt>Mean to be here</dt><dd>Sam, 16:00 to 18:00</dd>" in browser(ruth).get("/review/").content.decode()


@pytest.mark.parametrize("value", ["", "\0", b"\xed\xa0\x80", "\u202e", "[" * 200_000, "9" * 99])
def test_hostile_fields_get_a_sentence_and_what_was_typed_stays(browser, sam, value):
    client = browser(sam)
    for path, names in (("/desk/turns/", ("day", "starts", "ends")), ("/desk/turns/away/", ("first_day", "last_day"))):
        assert client.post(path, dict.fromkeys(names, value)).status_code == 422
    page = client.post("/desk/turns/", {"day": "2026-11-15", "starts": "16:00", "ends": "17:00"})
    assert (page.status_code, 'value="2026-11-15"' in page.content.decode()) == (422, True)
    assert client.post("/desk/turns/99999999999999999999/off/").status_code == 409


def test_a_turn_goes_a_week_after_its_end_and_no_second_earlier(sam, now):
    ends = meant(sam, now).ends_at
    week = timedelta(days=7)
    assert [planning.purge(now=ends + week - SECOND), planning.purge(now=ends + week)] == [0, 1]
