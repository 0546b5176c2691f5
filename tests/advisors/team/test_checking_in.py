from datetime import UTC, datetime, timedelta

import pytest

from advisors.tasks import purge
from advisors.team import checking_in, wrapping_up
from advisors.team.models import CheckIn, WrapUp
from askpeer import history
from askpeer.errors import Refused
from tests.factories import ManagerFactory, PersonFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]


def say(person, mood, at):
    return checking_in.check_in(person=person, mood=mood, now=at)


def test_the_last_one_of_a_day_counts_and_the_next_day_begins_anew(sam, now):
    assert checking_in.mood_today(sam, now=now) == ""
    say(sam, "hard", now)
    say(sam, "fine", now + timedelta(hours=1))
    assert (checking_in.mood_today(sam, now=now), CheckIn.objects.count()) == ("fine", 1)
    assert checking_in.mood_today(sam, now=now + timedelta(days=1)) == ""


@pytest.mark.parametrize(
    ("moment", "mood"),
    [(datetime(2026, 7, 1, 22, 59, 59, tzinfo=UTC), "hard"), (datetime(2026, 7, 1, 23, tzinfo=UTC), "")],
)
def test_a_day_ends_at_midnight_on_the_services_own_clock(sam, moment, mood):
    say(sam, "hard", datetime(2026, 7, 1, 9, tzinfo=UTC))
    assert checking_in.mood_today(sam, now=moment) == mood


def test_the_one_before_is_of_an_earlier_day(sam, now):
    assert checking_in.latest(sam, now=now) == ("", None)
    say(sam, "good", now)
    assert checking_in.latest(sam, now=now) == ("good", None)
    friday = now + timedelta(days=4)
    assert checking_in.latest(sam, now=friday) == ("", now)
    say(sam, "fine", friday)
    assert checking_in.latest(sam, now=friday) == ("fine", now)


def test_it_is_theirs_alone_and_sealed(sam, now):
    row = say(sam, "hard", now)
    stored = CheckIn.objects.values_list("mood", flat=True).get()
    assert b"hard" not in bytes(stored)
    assert (CheckIn.objects.get(pk=row.pk).mood, history.of(sam.name)) == ("hard", [])
    assert checking_in.mood_today(PersonFactory(), now=now) == ""


def test_a_mood_that_is_none_of_the_three_is_refused(sam, now):
    with pytest.raises(Refused, match=r"^Choose one of the three\.$"):
        say(sam, "great", now)
    assert CheckIn.objects.count() == 0


def test_ninety_days_later_it_is_gone_and_the_hours_stay(sam, now, clock):
    say(sam, "hard", now)
    wrapping_up.wrap_up(person=sam, hours=2, minutes=0, mood="hard", now=now)
    assert checking_in.purge(now=now + timedelta(days=90)) == 0
    assert checking_in.purge(now=now + timedelta(days=90, seconds=1)) == 1
    assert WrapUp.objects.values_list("minutes", "mood").get() == (120, None)
    clock.move_to(now + timedelta(days=91))
    purge()
    assert CheckIn.objects.count() == 0


def test_three_buttons_stand_on_the_desk_until_one_is_pressed(browser, sam, now):
    page = browser(sam)
    assert "How are you today?" in page.get("/desk/").content.decode()
    assert page.post("/desk/check-in/", {"mood": "good"}).url == "/desk/"
    assert "How are you today?" not in page.get("/desk/").content.decode()
    assert checking_in.mood_today(sam, now=now) == "good"


def test_the_page_shows_what_was_said_and_takes_it_back(browser, sam, now):
    page = browser(sam)
    page.post("/desk/check-in/", {"mood": "hard"})
    assert page.get("/desk/check-in/").context["mood"] == "hard"
    page.post("/desk/check-in/", {"mood": "fine"})
    assert checking_in.mood_today(sam, now=now) == "fine"


@pytest.mark.parametrize("sent", [{}, {"mood": "x"}, {"mood": "a\0b"}])
def test_a_button_that_is_not_there_is_a_sentence(browser, sam, sent):
    response = browser(sam).post("/desk/check-in/", sent)
    assert (response.status_code, response.context["sentence"]) == (422, "Choose one of the three.")


def test_only_those_who_answer_check_in(browser, clock):
    assert browser(ManagerFactory()).get("/desk/check-in/").status_code == 403
