"""The manager's rota and the board, through the door a browser uses. The clock is real here."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from advisors.duty import handing_over, presence, rota
from advisors.duty.models import Absence, Shift
from questions.intake.models import OnCall
from tests.advisors.signoff.conftest import signed_in
from tests.factories import PersonFactory, SupervisorFactory, TrusteeFactory

pytestmark = pytest.mark.django_db


def wall(hours):
    return f"{timezone.localtime(timezone.now() + timedelta(hours=hours)):%Y-%m-%dT12:00}"


@pytest.fixture
def browser(calendar, tom):
    return signed_in(tom)


@pytest.mark.parametrize(("name", "kind"), [("add_shift", Shift), ("add_on_call", OnCall)])
def test_a_turn_is_added_and_taken_off_by_the_page(browser, ruth, name, kind):
    data = {"person": ruth.pk, "starts_at": wall(48), "ends_at": wall(72)}
    assert browser.post(reverse(f"duty:{name}"), data).url == "/manage/rota/"
    page = browser.get("/manage/rota/").content.decode()
    assert ("<b>Ruth</b>" in page, "is on the rota" in page) == (True, True)
    again = browser.post(reverse(f"duty:{name}"), data)
    assert (again.status_code, "Ruth has a turn then already." in again.content.decode()) == (422, True)
    assert f'value="{data["starts_at"]}"' in again.content.decode()
    gone = reverse("duty:remove", args=[{Shift: "shifts", OnCall: "on-call"}[kind], kind.objects.get().pk])
    assert (browser.post(gone).url, kind.objects.count()) == ("/manage/rota/", 0)
    assert browser.post(gone).status_code == 404


def test_a_shift_while_we_are_closed_is_added_and_doubted(browser, ruth):
    sunday = timezone.now() + timedelta(days=7 + 6 - timezone.now().weekday())
    data = {"person": ruth.pk, "starts_at": f"{sunday:%Y-%m-%d}T12:00", "ends_at": f"{sunday:%Y-%m-%d}T14:00"}
    page = browser.post(reverse("duty:add_shift"), data, follow=True).content.decode()
    assert ("The shift is on the rota." in page, "We are closed all that time" in page) == (True, True)


@pytest.mark.parametrize("others", [0, 1])
def test_a_turn_taken_off_that_leaves_nobody_on_hand_says_so(browser, tom, ruth, others):
    now = timezone.now()
    for person in [ruth, *[SupervisorFactory() for _ in range(others)]]:
        turn = {"starts_at": now - timedelta(hours=1), "ends_at": now + timedelta(hours=2), "by": tom, "now": now}
        rota.add_shift(person=person, **turn)
        rota.add_on_call(person=person, **turn)
    for kind, model in (("shifts", Shift), ("on-call", OnCall)):
        page = browser.post(reverse("duty:remove", args=[kind, model.objects.get(person=ruth).pk]), follow=True)
    assert ("Nobody is on hand now" in page.content.decode()) is (others == 0)


def test_an_absence_is_added_and_taken_off_by_the_page(browser, advisor):
    day = timezone.now().date() + timedelta(days=3)
    data = {"person": advisor.pk, "first_day": day, "last_day": day}
    assert browser.post(reverse("duty:add_absence"), data).status_code == 302
    assert "<b>Sam</b>" in browser.get("/manage/rota/").content.decode()
    gone = reverse("duty:remove", args=["absences", Absence.objects.get().pk])
    assert (browser.post(gone).status_code, Absence.objects.count()) == (302, 0)


@pytest.mark.parametrize("name", ["add_shift", "add_on_call", "add_absence"])
@pytest.mark.parametrize("data", [{}, {"person": "x"}, {"starts_at": "x", "ends_at": "\0", "first_day": "2026-02-30"}])
def test_a_bad_form_is_a_sentence(browser, name, data):
    page = browser.post(reverse(f"duty:{name}"), data)
    assert (page.status_code, "There is a problem" in page.content.decode()) == (422, True)


@pytest.mark.parametrize("name", ["add_shift", "add_on_call"])
def test_a_turn_in_the_year_9999_is_a_sentence(browser, ruth, name):
    data = {"person": ruth.pk, "starts_at": "9999-12-31T10:00", "ends_at": "9999-12-31T23:00"}
    page = browser.post(reverse(f"duty:{name}"), data)
    assert (page.status_code, "more than two years ahead" in page.content.decode()) == (422, True)


def test_an_advisor_cannot_be_put_on_call_by_the_page(browser, advisor):
    data = {"person": advisor.pk, "starts_at": wall(48), "ends_at": wall(72)}
    page = browser.post(reverse("duty:add_on_call"), data)
    assert (page.status_code, "Choose a person from the list." in page.content.decode()) == (422, True)


@pytest.mark.parametrize("make", [PersonFactory, SupervisorFactory, TrusteeFactory])
def test_the_rota_is_the_managers(calendar, ruth, make):
    client = signed_in(make())
    assert client.get("/manage/rota/").status_code == 403
    for name in ("add_shift", "add_on_call", "add_absence"):
        assert client.post(reverse(f"duty:{name}"), {}).status_code == 403
    assert client.post(reverse("duty:remove", args=["shifts", 1])).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_rota_costs_the_same_whatever_is_planned(browser, tom, count, django_assert_num_queries):
    now = timezone.now()
    for person in [SupervisorFactory() for _ in range(count)]:
        turn = {"starts_at": now, "ends_at": now + timedelta(hours=2), "by": tom, "now": now}
        rota.add_shift(person=person, **turn)
        rota.add_on_call(person=person, **turn)
        tomorrow = now.date() + timedelta(days=3)
        rota.add_absence(person=person, first_day=tomorrow, last_day=tomorrow, by=tom, now=now)
    with django_assert_num_queries(11):  # session, person, three lists, three choices of people; the session, kept up
        browser.get("/manage/rota/")


def test_duty_begins_and_ends_on_the_board(calendar, ruth):
    client = signed_in(ruth)
    assert "Nobody is on duty, so advisors can't take questions" in client.get("/review/").content.decode()
    client.post("/review/duty/start/")
    assert presence.on_now(now=timezone.now()) == [ruth]
    assert "End duty" in client.get("/review/").content.decode()
    client.post("/review/duty/end/")
    assert not presence.is_anybody(now=timezone.now())


def test_the_board_says_who_comes_next_who_is_away_and_what_to_know(calendar, tom, ruth, lead, advisor):
    now = timezone.now()
    later = {"starts_at": now + timedelta(hours=30), "ends_at": now + timedelta(hours=31), "by": tom, "now": now}
    rota.add_shift(person=ruth, **later)
    rota.add_on_call(person=lead, **later)
    rota.add_absence(person=advisor, first_day=rota.today(now), last_day=rota.today(now), by=tom, now=now)
    handing_over.leave_note(text="Two reds <tonight>.", by=lead, now=now)
    page = signed_in(ruth).get("/review/").content.decode()
    for words in ("next Ruth, ", "next Lena, ", "<dd>Sam</dd>", "Two reds &lt;tonight&gt;."):
        assert words in page


def test_a_note_is_left_by_the_page_and_nothing_typed_is_lost(calendar, ruth):
    client = signed_in(ruth)
    long = client.post("/review/duty/note/", {"text": "Kept words " + "x" * 1500})
    assert (long.status_code, "Kept words" in long.content.decode()) == (422, True)
    assert client.post("/review/duty/note/", {"text": "All calm."}).url == "/review/"
    assert "All calm." in client.get("/review/").content.decode()
    client.logout()
    signed_out = client.post("/review/duty/note/", {"text": "Nothing of this is lost."})
    assert (signed_out.status_code, "Nothing of this is lost." in signed_out.content.decode()) == (403, True)


@pytest.mark.parametrize("year", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_time_are_a_sentence_too(browser, ruth, year):
    turn = {"person": ruth.pk, "starts_at": f"{year}T00:00", "ends_at": f"{year}T23:59"}
    for name in ("add_shift", "add_on_call"):
        assert browser.post(reverse(f"duty:{name}"), turn).status_code in {302, 422}
    days = {"person": ruth.pk, "first_day": year, "last_day": year}
    assert browser.post(reverse("duty:add_absence"), days).status_code in {302, 422}
    assert browser.get("/manage/rota/").status_code == 200
