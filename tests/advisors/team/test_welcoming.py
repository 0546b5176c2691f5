"""What stands between a newcomer and their first answer."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from advisors import consenting, roles
from advisors.team import training, welcoming
from tests.advisors.team.practice import pass_all, ready_for
from tests.factories import ManagerFactory, PersonFactory, SupervisorFactory

pytestmark = pytest.mark.django_db
NEW = {"agreed_on": None, "agreed_to": "", "vetted_on": None, "trained_until": None, "answers_given": 0}


def stands(person, now):
    return {step.label: step.done for step in welcoming.steps(person, now=now)}


def test_a_newcomer_has_it_all_before_them(calendar, now):
    noor = PersonFactory(**NEW)
    assert stands(noor, now) == {
        "Read how we work here": False,
        "Say hello to the team": False,
        "Your checks": False,
        "Your training": False,
        "Your boundaries": False,
        "Meet your buddy": False,
    }
    assert welcoming.is_missing(noor, now=now) is True


def test_each_is_ticked_once_it_is_there(calendar, now):
    ruth = SupervisorFactory(alias="Ruth")
    noor = PersonFactory(about="Tea.", buddy=ruth, boundaries="{}")
    pass_all(noor, ruth, now)
    noor.refresh_from_db()
    assert set(stands(noor, now).values()) == {True}
    assert welcoming.is_missing(noor, now=now) is False


@pytest.mark.parametrize(
    "values",
    [
        {"agreed_to": "2025-01"},
        {"vetted_on": None},
        {"vetted_until": date(2026, 11, 15)},
        {"trained_until": date(2026, 11, 15)},
        {"born_on": date(2011, 5, 1)},
    ],
)
def test_whatever_keeps_them_from_claiming_is_missing(calendar, now, values):
    assert welcoming.is_missing(PersonFactory(**values), now=now) is True


@pytest.mark.parametrize("values", [{}, {"vetted_until": date(2026, 11, 16)}, {"about": "", "buddy": None}])
def test_nothing_else_is(calendar, now, values):
    assert welcoming.is_missing(PersonFactory(**values), now=now) is False


def test_under_16_a_guardian_and_no_checks(calendar, now):
    noor = PersonFactory(born_on=date(2011, 5, 1), vetted_on=None)
    step = next(step for step in welcoming.steps(noor, now=now) if step.label == "Your guardian's yes")
    assert (step.done, step.words) == (False, "Ask your manager to write to them.")
    request = consenting.ask_again(person=noor, email="mum@example.org", by=ManagerFactory(), now=now)
    assert said(noor, now).startswith("We wrote to them on 16 November.")
    consenting.answer(token=consenting.token_of(request), consents=False, now=now)
    assert said(noor, now) == "We don't have your guardian's yes. Talk to your manager."
    assert "Your checks" not in stands(noor, now)
    assert "Your guardian's yes" not in stands(PersonFactory(born_on=date(2010, 11, 16)), now)


def test_a_guardian_was_written_to_on_a_day_of_our_own_clock(calendar):
    at = datetime(2026, 6, 14, 23, 30, tzinfo=UTC)  # in London, where it is summer, the 15th
    noor = PersonFactory(born_on=date(2011, 5, 1), vetted_on=None)
    consenting.ask_again(person=noor, email="mum@example.org", by=ManagerFactory(), now=at)
    assert said(noor, at).startswith("We wrote to them on 15 June.")


def said(person, now):
    return next(step.words for step in welcoming.steps(person, now=now) if step.label == "Your guardian's yes")


@pytest.mark.parametrize(
    "values", [{"vetted_on": None}, {"vetted_until": date(2026, 11, 15)}, {"agreed_to": "2025-01"}]
)
def test_a_supervisor_needs_their_checks_and_the_agreement(calendar, now, values):
    ruth = SupervisorFactory(**values)
    assert list(stands(ruth, now)) == ["Read how we work here", "Say hello to the team", "Your checks"]
    assert welcoming.is_missing(ruth, now=now) is True
    assert welcoming.is_missing(SupervisorFactory(vetted_until=date(2026, 11, 16)), now=now) is False


@pytest.mark.parametrize(("make", "home"), [(PersonFactory, "/desk/"), (SupervisorFactory, "/review/")])
def test_somebody_new_is_led_there_and_then_to_their_work(browser, make, home):
    newcomer = browser(make(agreed_on=None, agreed_to=""))
    assert newcomer.get("/home/")["Location"] == "/desk/welcome/"
    assert newcomer.get("/desk/welcome/").status_code == 200
    assert browser(make()).get("/home/")["Location"] == home


def test_the_desk_says_so_while_something_is_missing(browser):
    new, old = browser(PersonFactory(agreed_on=None, agreed_to="")), browser(PersonFactory())
    assert [client.get("/desk/").context["welcome"] for client in (new, old)] == [True, False]


@pytest.mark.parametrize("passed", [1, 3])
def test_the_list_costs_the_same_whatever_is_done(browser, sam, ruth, now, passed, django_assert_num_queries):
    for track in list(training.Track)[:passed]:
        ready_for(sam, track, ruth, now - timedelta(days=1))
        training.pass_track(person=sam, track=track, by=ruth, now=now - timedelta(days=1))
    sam.buddy = ruth
    sam.save()
    client = browser(sam)
    client.get("/desk/welcome/")
    with django_assert_num_queries(4):  # session, person, what they passed, their buddy
        client.get("/desk/welcome/")


def test_the_page_has_one_button_to_what_comes_next(browser, sam):
    new = browser(PersonFactory(**NEW)).get("/desk/welcome/")
    assert (new.context["first"].url, new.content.decode().count('class="button"')) == ("/desk/agreement/", 1)
    old = browser(sam).get("/desk/welcome/")
    assert (old.context["first"], old.context["next"]) == (None, "/desk/")


def test_the_states_say_whose_turn_it_is(calendar, now):
    steps = welcoming.steps(PersonFactory(**NEW), now=now)
    assert [step.state for step in steps] == ["To do", "When you like", "Not yet", "To do", "When you like", "Not yet"]


@pytest.mark.parametrize(("born", "needed"), [(date(2008, 11, 17), True), (date(2008, 11, 16), False)])
def test_under_18_a_buddy_is_needed_to_begin(calendar, now, born, needed):
    kim = PersonFactory(born_on=born, buddy=None)
    step = welcoming.steps(kim, now=now)[-1]
    assert (step.label, step.done, step.needed) == ("Meet your buddy", False, needed)
    assert welcoming.is_missing(kim, now=now) is needed
    assert roles.why_not_write(kim, now=now) == ("Your manager still has to find you a buddy." if needed else "")
    kim.buddy = SupervisorFactory()
    assert (welcoming.is_missing(kim, now=now), roles.why_not_write(kim, now=now)) == (False, "")


def links(page):
    return set(re.findall(r'href="(/(?:desk|review)/[^"]*)"', page.content.decode()))


@pytest.mark.parametrize("make", [PersonFactory, SupervisorFactory])
def test_no_link_that_a_newcomer_is_shown_is_closed_to_them(browser, calendar, make):
    page = browser(make(agreed_on=None, agreed_to="", answers_given=0))
    shown = set().union(*(links(page.get(path)) for path in ("/desk/welcome/", "/desk/journey/", "/desk/agreement/")))
    assert {"/desk/welcome/", "/desk/journey/"} <= shown
    assert [path for path in sorted(shown) if page.get(path).status_code != 200] == []


def test_the_first_steps_stand_in_the_menu_until_all_of_them_are_done(browser, calendar, now):
    ruth = SupervisorFactory(alias="Ruth", about="Here since May.")
    noor = PersonFactory(about="Tea.", buddy=ruth)
    pass_all(noor, ruth, now)
    page, tab = browser(noor), 'href="/desk/welcome/"'
    assert (tab in page.get("/desk/journey/").content.decode()) is True
    noor.refresh_from_db()
    noor.boundaries = "{}"
    noor.save()
    shown = page.get("/desk/journey/").content.decode()
    assert (tab in shown, 'href="/desk/room/"' in shown) == (False, True)
    assert tab not in browser(ruth).get("/desk/journey/").content.decode()


@pytest.mark.parametrize(
    "lacks", [{}, {"about": ""}, {"boundaries": None}, {"buddy": None}, {"agreed_on": None, "agreed_to": ""}]
)
def test_all_of_them_done_is_what_the_list_says(calendar, now, lacks):
    ruth = SupervisorFactory()
    noor = PersonFactory(**{"about": "Tea.", "buddy": ruth, "boundaries": "{}"} | lacks)
    pass_all(noor, ruth, now)
    noor.refresh_from_db()
    assert (welcoming.is_done(noor, now=now), all(stands(noor, now).values())) == (not lacks, not lacks)
