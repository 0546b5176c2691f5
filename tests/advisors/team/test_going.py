"""A last day, said by oneself: until it all is as it was, from it on nothing new is taken."""

from datetime import UTC, date, datetime, timedelta

import pytest

from advisors import roles
from advisors.models import Person
from advisors.team import going
from askpeer import history
from askpeer.errors import Refused
from tests.factories import LeadFactory, ManagerFactory, SupervisorFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 16)
SECOND = timedelta(seconds=1)


def last_day(person):
    return Person.objects.get(pk=person.pk).leaving_on


@pytest.mark.parametrize("day", [TODAY, date(2027, 11, 16)])
def test_from_today_on_and_within_a_year(calendar, sam, now, day):
    going.say(person=sam, day=day, now=now)
    assert last_day(sam) == day


@pytest.mark.parametrize("day", [date(2026, 11, 15), date(2027, 11, 17)])
def test_no_other_day(calendar, sam, now, day):
    with pytest.raises(Refused) as refusal:
        going.say(person=sam, day=day, now=now)
    assert (str(refusal.value), last_day(sam)) == ("Choose a day from today on, within a year.", None)


@pytest.mark.parametrize("supervises", [False, True])
def test_from_the_day_on_nothing_new_to_the_second(calendar, sam, now, supervises):
    person = SupervisorFactory() if supervises else sam
    going.say(person=person, day=date(2026, 11, 20), now=now)
    person.refresh_from_db()
    midnight = datetime(2026, 11, 20, tzinfo=UTC)
    assert roles.why_not_write(person, now=midnight - SECOND) == ""
    assert roles.why_not_write(person, now=midnight).startswith("You said that you are leaving, so take nothing new.")


def test_they_may_change_their_mind_and_each_is_written_down_once(calendar, sam, now):
    for _ in range(2):
        going.say(person=sam, day=TODAY, now=now)
    for _ in range(2):
        going.take_back(person=sam, now=now)
    assert last_day(sam) is None
    said = [(entry.kind, entry.facts) for entry in history.of(sam.name)]
    assert said == [("leaving", {"on": "2026-11-16"}), ("stays", {})]


def test_a_manager_talks_to_another_manager(calendar, now):
    with pytest.raises(Refused, match="another manager"):
        going.say(person=ManagerFactory(), day=TODAY, now=now)


def test_the_only_lead_reads_that_a_second_one_comes_first(browser):
    lead = LeadFactory()
    client, sentence = browser(lead), "You are the only safeguarding lead, so your manager first needs a second one"
    page = client.get("/desk/leaving/").content.decode()
    assert (page.count(sentence), page.count("Then your manager ends your account")) == (1, 0)
    LeadFactory()
    page = client.get("/desk/leaving/").content.decode()
    assert (page.count(sentence), page.count("Then your manager ends your account")) == (0, 1)


@pytest.mark.parametrize("day", ["", "soon", "2026-11-15", "9" * 400, "\0", "2026-13-45"])
def test_a_day_that_will_not_do_is_a_sentence(browser, sam, day):
    response = browser(sam).post("/desk/leaving/", {"day": day})
    assert (response.status_code, list(response.context["form"].errors), last_day(sam)) == (422, ["day"], None)


def test_the_page_says_it_and_takes_it_back(browser, sam):
    client = browser(sam)
    assert client.post("/desk/leaving/", {"day": "2026-12-01"})["Location"] == "/desk/leaving/"
    assert "Tuesday 1 December 2026" in client.get("/desk/leaving/").content.decode()
    assert client.post("/desk/leaving/stay/")["Location"] == "/desk/leaving/"
    assert (last_day(sam), client.get("/desk/leaving/stay/").status_code) == (None, 405)
