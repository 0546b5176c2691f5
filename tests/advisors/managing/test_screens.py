"""The manager's screens: numbers, failed deliveries, invitations, people."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from advisors.managing import counting, failed, views
from advisors.models import Invitation, Person
from askpeer import history, outbox
from askpeer.errors import Stale
from askpeer.models import OutboxRow
from questions import moves, states
from questions.models import Question, Round
from questions.moves import Actor
from tests.factories import LeadFactory, ManagerFactory, PersonFactory, SupervisorFactory, make_question

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client, settings):
    settings.SECOND_FACTOR = False
    person = ManagerFactory(alias="Tom")
    client.force_login(person)
    return person


def dead_row(now, number=0, kind="invitation"):
    return OutboxRow.objects.create(
        key=f"{kind}:{number}",
        kind=kind,
        refs={"invitation": 0},
        state="dead",
        due_at=now,
        created_at=now,
        settled_at=now,
        attempts=12,
        error="SMTPServerDisconnected",
    )


def cells(response, column):
    """The text of a template's rows, straight from the context, where a test needs no HTML."""
    return [getattr(row, column) for row in response.context["page"].rows]


@pytest.mark.parametrize("make", [PersonFactory, SupervisorFactory, LeadFactory])
@pytest.mark.parametrize("path", ["", "failed/", "invitations/", "people/"])
def test_only_a_manager_gets_in(client, settings, make, path):
    settings.SECOND_FACTOR = False
    assert client.get(f"/manage/{path}").status_code == 302
    client.force_login(make())
    assert client.get(f"/manage/{path}").status_code == 403


def test_the_numbers_follow_status_level_and_the_clock(calendar, now):
    late, risky = make_question(now=now), make_question(now=now, level="red")
    make_question(now=now)
    moves.move(late, states.OPEN, by=Actor(states.SUPERVISOR, "person:s"), now=now)
    Round.objects.filter(question=late).update(due_at=now + timedelta(days=30), promised_at=now, reached="undated")
    Round.objects.filter(question=risky).update(due_at=now + timedelta(days=60), reached="at_risk")
    assert dict(counting.statuses()) == dict.fromkeys(counting.LABELS.values(), 0) | {
        "New, to be read first": 2,
        "Open, waiting for an advisor": 1,
    }
    assert counting.promises(now=now + timedelta(days=30)) == (2, 1, 1, 1)
    Round.objects.filter(question=late).update(redated_at=now + timedelta(days=31))
    assert counting.promises(now=now + timedelta(days=30)).undated == 0


@pytest.mark.parametrize("count", [1, 3])
def test_failed_deliveries_cost_the_same_for_one_and_for_three(client, manager, now, count, django_assert_num_queries):
    client.get("/manage/")
    for number in range(count):
        dead_row(now, number)
    # session, person, the rows, the invitations they are of, what is still being tried
    with django_assert_num_queries(5):
        response = client.get("/manage/failed/")
    assert [one.row.key for one in response.context["page"].rows] == [f"invitation:{n}" for n in reversed(range(count))]


def test_more_failures_than_a_page_holds_go_on_to_the_next(client, manager, now):
    rows = [dead_row(now, number) for number in range(failed.PAGE + 1)]
    first = client.get("/manage/failed/")
    assert first.context["page"].next_url == f"?before={rows[1].pk}"
    second = client.get("/manage/failed/" + first.context["page"].next_url)
    assert (cells(second, "pk"), second.context["page"].next_url) == ([rows[0].pk], "")


@pytest.mark.parametrize("before", ["x", "-1", "٣", "9" * 40, "%00"])
def test_a_page_that_is_no_page_is_the_first(client, manager, now, before):
    row = dead_row(now)
    assert cells(client.get(f"/manage/failed/?before={before}"), "pk") == [row.pk]


def test_retrying_sends_it_and_is_written_down(client, manager):
    now = timezone.now()
    client.post("/manage/invitations/", {"email": "a@askpeer.example", "alias": "Ash", "role": "supervisor"})
    OutboxRow.objects.update(state="dead", settled_at=now)
    row = OutboxRow.objects.get()
    assert client.post(f"/manage/failed/{row.pk}/retry/")["Location"] == "/manage/failed/"
    outbox.relay(now=timezone.now())
    assert [message.to for message in mail.outbox] == [["a@askpeer.example"]]
    assert [(entry.kind, entry.actor) for entry in history.of(f"outbox:{row.pk}")] == [("retried", manager.name)]


def test_closing_ends_it_for_good(client, manager, now):
    row = dead_row(now)
    client.post(f"/manage/failed/{row.pk}/close/")
    assert OutboxRow.objects.get().state == "dropped"
    assert outbox.relay(now=timezone.now()) == 0
    assert [entry.kind for entry in history.of(f"outbox:{row.pk}")] == ["given up"]


@pytest.mark.parametrize("act", ["retry", "close"])
def test_the_second_of_two_managers_is_told_so(client, manager, now, act):
    row = dead_row(now)
    failed.close(row=row, by=manager, now=now)
    response = client.post(f"/manage/failed/{row.pk}/{act}/")
    assert response.status_code == 409
    assert [str(message) for message in response.context["messages"]] == [failed.GONE]
    with pytest.raises(Stale):
        failed.retry(row=row, by=manager, now=now)


@pytest.mark.parametrize(
    "path", ["failed/1/retry/", "failed/1/close/", "invitations/1/send/", "invitations/1/withdraw/"]
)
def test_acts_are_posts_and_unknown_rows_are_not_found(client, manager, path):
    assert client.get(f"/manage/{path}").status_code == 405
    assert client.post(f"/manage/{path}").status_code == 404
    assert client.post(f"/manage/{path}".replace("1", "9" * 30)).status_code == 404


def test_inviting_from_the_page(client, manager):
    form = {"email": "noor@askpeer.example", "alias": "Noor", "role": "advisor", "born_on": "2007-02-01"}
    assert client.post("/manage/invitations/", form)["Location"] == "/manage/invitations/"
    invitation = Invitation.objects.get()
    assert (invitation.alias, invitation.invited_by) == ("Noor", manager)
    assert client.post(f"/manage/invitations/{invitation.pk}/send/").status_code == 302


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"email": "noor"}, "__all__", "Check the address: it should look like name@example.org."),
        ({"email": ""}, "email", "Type the address that the invitation goes to."),
        ({"alias": "N" * 41}, "alias", "An alias can have 40 characters at most."),
        ({"alias": "N\0"}, "alias", "Null characters are not allowed."),
        ({"role": "owner"}, "role", "Choose a role from the list."),
        ({"born_on": "yesterday"}, "born_on", "Write the date of birth like 2007-02-28."),
        ({"born_on": ""}, "__all__", "An advisor needs a date of birth: under 18 brings its own rules."),
    ],
)
def test_what_will_not_do_comes_back_with_a_sentence_and_what_was_typed(client, manager, wrong, field, sentence):
    form = {"email": "noor@askpeer.example", "alias": "Noor", "role": "advisor", "born_on": "2007-02-01"} | wrong
    response = client.post("/manage/invitations/", form)
    assert (response.status_code, response.context["form"].errors) == (422, {field: [sentence]})
    assert {name: response.context["form"][name].value() for name in form} == form
    assert Invitation.objects.count() == 0


def test_an_accepted_invitation_is_not_sent_again(client, manager, now):
    invitation = Invitation.objects.create(
        email="a@askpeer.example",
        alias="Ash",
        role="lead",
        digest=b"x" * 32,
        invited_by=manager,
        sent_at=now,
        expires_at=now,
        accepted_at=now,
    )
    response = client.post(f"/manage/invitations/{invitation.pk}/send/")
    assert response.status_code == 409
    assert OutboxRow.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("page", ["people", "invitations"])
def test_lists_cost_the_same_for_one_and_for_three(
    client, manager, calendar, now, page, count, django_assert_num_queries
):
    client.get("/manage/")
    for number in range(count):
        PersonFactory()
        Invitation.objects.create(
            email=f"{number}@askpeer.example",
            alias=f"New {number}",
            role="lead",
            digest=bytes([number]) * 32,
            invited_by=SupervisorFactory(),
            sent_at=now,
            expires_at=now,
        )
    with django_assert_num_queries(3):
        client.get(f"/manage/{page}/")


def test_more_invitations_than_a_page_holds_go_on_to_the_next(client, manager, now):
    made = [
        Invitation.objects.create(
            email=f"{number}@askpeer.example",
            alias=f"New {number}",
            role="lead",
            digest=bytes([number]) * 32,
            invited_by=manager,
            sent_at=now,
            expires_at=now,
        )
        for number in range(views.INVITATIONS_SHOWN + 1)
    ]
    first = client.get("/manage/invitations/")
    assert first.context["invitations"] == made[:0:-1]
    assert first.content.count(f'href="?before={made[1].pk}"'.encode()) == 1
    second = client.get(f"/manage/invitations/?before={made[1].pk}")
    assert (second.context["invitations"], second.content.count(b"?before=")) == (made[:1], 0)
    assert client.get("/manage/invitations/?before=x").context["invitations"] == made[:0:-1]


def test_taking_somebody_off_gives_their_work_back_and_signs_them_out(client, manager, calendar, now):
    person, question = PersonFactory(alias="Sam"), make_question(now=now)
    moves.move(question, states.OPEN, by=Actor(states.SUPERVISOR, "person:s"), now=now)
    holding = {"holder": person}
    moves.move(question, states.IN_PROGRESS, by=Actor(states.ADVISOR, person.name), now=now, changes=holding)
    assert client.get(f"/manage/people/{person.pk}/leave/").status_code == 200
    assert client.post(f"/manage/people/{person.pk}/leave/")["Location"] == "/manage/people/"
    assert Person.objects.get(pk=person.pk).is_active is False
    assert Question.objects.values_list("status", "holder").get() == ("open", None)
    client.get("/manage/people/")
    response = client.post(f"/manage/people/{person.pk}/leave/")
    assert response.status_code == 409
    assert [str(message) for message in response.context["messages"]] == ["This person has already left."]


def test_everybody_is_a_card_with_the_way_to_take_them_off(client, manager, calendar):
    gone, sam = PersonFactory(is_active=False), PersonFactory(alias="Sam")
    page = client.get("/manage/people/").content.decode()
    assert (page.count("<table"), page.count('<li class="note')) == (0, 3)
    assert (page.count(f'href="/manage/people/{sam.pk}/"'), page.count(gone.alias)) == (1, 1)
    ways = [client.get(f"/manage/people/{one.pk}/").content.decode() for one in (sam, gone, manager)]
    assert [way.count('/leave/"') for way in ways] == [1, 0, 0]
    assert (page.count("Has left"), page.count("This is you")) == (1, 1)


def test_a_manager_does_not_take_themselves_off(client, manager):
    response = client.post(f"/manage/people/{manager.pk}/leave/")
    assert response.status_code == 422
    assert Person.objects.get().is_active is True


def test_the_days_of_an_invitation_are_those_of_the_services_own_clock(client, manager):
    late = datetime(2026, 7, 6, 23, 30, tzinfo=UTC)  # half past midnight there
    with time_machine.travel(late, tick=False):
        client.force_login(manager)
        client.post("/manage/invitations/", {"email": "a@askpeer.example", "alias": "Ash", "role": "supervisor"})
        said = client.get("/manage/invitations/").content.decode()
    assert (">7 July<" in said, "Open until 14 July" in said) == (True, True)


def test_the_form_says_from_what_age_before_anybody_is_refused(client, manager):
    assert "Only for advisors, who are 15 or older." in client.get("/manage/invitations/").content.decode()
