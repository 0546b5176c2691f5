"""A guardian's yes under 16: asked once by mail, answered behind a link, taken back there, forgotten at 16."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.core import mail
from django.test import Client

from advisors import consenting, inviting, roles
from advisors.drafting import claiming
from advisors.models import GuardianRequest, Invitation, Person
from advisors.signoff import leaving, triaging
from askpeer import history, outbox
from askpeer.errors import Refused, Stale
from askpeer.models import OutboxRow
from questions.models import Question
from tests.factories import ManagerFactory, PersonFactory, SupervisorFactory, keep_on_duty, make_question
from tests.interleaving import before

pytestmark = pytest.mark.django_db
MUM = "mum@example.org"
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.SECOND_FACTOR = False


@pytest.fixture
def manager(db):
    return ManagerFactory(alias="Mia")


@pytest.fixture
def noor(calendar):
    """Fifteen, and nobody has said yes."""
    return PersonFactory(alias="Noor", born_on=date(2011, 5, 1), email="noor@example.org")


@pytest.fixture
def asked(noor, manager, now):
    return consenting.ask_again(person=noor, email=MUM, by=manager, now=now)


@pytest.fixture
def token(asked):
    return consenting.token_of(asked)


def consent_of(person):
    return Person.objects.get(pk=person.pk).guardian_consent_on


def test_a_yes_is_the_day_on_the_person_and_the_address_is_gone(noor, asked, token, now):
    assert roles.why_not_write(noor, now=now) == "We don't have your guardian's yes. Talk to your manager."
    consenting.answer(token=token, consents=True, now=now + timedelta(hours=1))
    row = GuardianRequest.objects.get()
    assert (row.email, row.answered_at, row.consented) == ("", now + timedelta(hours=1), True)
    assert (consent_of(noor), roles.why_not_write(Person.objects.get(pk=noor.pk), now=now)) == (date(2026, 11, 16), "")
    said = [(entry.kind, entry.actor, entry.facts) for entry in history.of(noor.name)]
    assert said[1:] == [("guardian consented", "guardian", {})]


def test_the_links_of_two_kinds_are_signed_under_names_of_their_own(asked, token, now):
    alike = Invitation(pk=asked.pk, email=f"{asked.person_id}|{asked.sent_at.timestamp():.0f}")
    assert inviting.token_of(alike) != token
    with pytest.raises(Refused, match="doesn't open anything"):
        inviting.find(token=token, now=now)
    with pytest.raises(Refused, match="doesn't open anything"):
        consenting.find(token=inviting.token_of(alike), now=now)


def test_a_no_is_a_no_and_nobody_answers_twice(noor, token, now):
    consenting.answer(token=token, consents=False, now=now)
    assert (consent_of(noor), GuardianRequest.objects.get().consented) == (None, False)
    for again in (True, False):
        with pytest.raises(Stale, match="was answered already"):
            consenting.answer(token=token, consents=again, now=now)
    assert consent_of(noor) is None


def test_a_yes_can_be_taken_back_and_what_they_hold_goes_to_others(noor, token, now):
    ruth = keep_on_duty(SupervisorFactory())
    consenting.answer(token=token, consents=True, now=now)
    with pytest.raises(Stale):
        consenting.answer(token=token, consents=True, now=now)
    question = make_question(now=now)
    triaging.pass_on(question=question, version=1, summary="School.", content_notes=[], by=ruth, now=now)
    claiming.claim(question=question, by=noor, version=2, now=now)
    consenting.answer(token=token, consents=False, now=now + timedelta(days=100))
    assert (consent_of(noor), Question.objects.get().holder) == (None, None)
    assert [entry.kind for entry in history.of(noor.name)] == [
        "guardian asked",
        "guardian consented",
        "guardian refused",
    ]


def test_the_link_ends_after_fourteen_days_to_the_second(token, now):
    end = now + timedelta(days=14)
    assert consenting.find(token=token, now=end - SECOND).person.alias == "Noor"
    with pytest.raises(Refused) as refusal:
        consenting.answer(token=token, consents=True, now=end)
    sentence = "This link ran out on 30 November. Ask Noor to tell their manager, who can send you a new one."
    assert str(refusal.value) == sentence


def test_at_sixteen_nobody_has_to_consent_any_more(noor, token, manager, now):
    Person.objects.filter(pk=noor.pk).update(born_on=date(2010, 11, 17))
    midnight = datetime(2026, 11, 17, tzinfo=UTC)
    assert consenting.find(token=token, now=midnight - SECOND).person == noor
    with pytest.raises(Refused, match="Noor is 16 now"):
        consenting.answer(token=token, consents=False, now=midnight)
    noor.refresh_from_db()
    with pytest.raises(Refused, match="Noor needs no guardian's consent"):
        consenting.ask_again(person=noor, email=MUM, by=manager, now=midnight)


def test_asked_again_the_older_link_opens_nothing(noor, token, manager, now):
    again = consenting.ask_again(person=noor, email="dad@example.org", by=manager, now=now + SECOND)
    with pytest.raises(Refused, match="doesn't open anything"):
        consenting.find(token=token, now=now + SECOND)
    assert consenting.find(token=consenting.token_of(again), now=now + SECOND).email == "dad@example.org"
    outbox.relay(now=now + SECOND)
    assert [message.to for message in mail.outbox] == [["dad@example.org"]]


def test_with_no_address_typed_the_last_one_is_asked_again(noor, asked, manager, now):
    assert consenting.ask_again(person=noor, by=manager, now=now + timedelta(days=20)).email == MUM


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"email": ""}, "Under 16 a guardian has to say yes first. Type the guardian's address."),
        ({"email": "mum"}, "Check the address: it should look like name@example.org."),
        (
            {"email": "NOOR@example.org"},
            "This is their own address. Type the guardian's: nobody says yes for themselves.",
        ),
    ],
)
def test_what_will_not_do_is_refused_with_a_sentence(noor, manager, now, values, sentence):
    with pytest.raises(Refused) as refusal:
        consenting.ask_again(**{"person": noor, "email": MUM, "by": manager} | values, now=now)
    assert str(refusal.value) == sentence
    assert (GuardianRequest.objects.count(), OutboxRow.objects.count()) == (0, 0)


def test_only_a_manager_asks_and_only_where_somebody_is_so_young(noor, manager, now):
    with pytest.raises(Refused, match="Only a manager can write to a guardian"):
        consenting.ask_again(person=noor, email=MUM, by=SupervisorFactory(), now=now)
    with pytest.raises(Refused, match="Sam needs no guardian's consent, so there is nobody to ask"):
        consenting.ask_again(person=PersonFactory(alias="Sam"), email=MUM, by=manager, now=now)


def test_nobody_is_asked_where_a_yes_is_recorded(noor, manager, now):
    Person.objects.filter(pk=noor.pk).update(guardian_consent_on=now.date())
    with pytest.raises(Refused, match="consent is recorded already"):
        consenting.ask_again(person=noor, email=MUM, by=manager, now=now)


def test_the_mail_is_plain_and_dropped_once_it_was_answered(noor, asked, token, manager, now, settings):
    settings.SITE_URL, settings.DEFAULT_FROM_EMAIL = "https://asks.example", "Notes <team@asks.example>"
    outbox.relay(now=now)
    letter = mail.outbox[0]
    assert (letter.to, letter.subject) == ([MUM], "A question for you")
    assert "Here we call them Noor. They are under 16, so we ask you first." in letter.body
    assert f"{settings.SITE_URL}/guardian/{token}/" in letter.body.splitlines()
    assert "You can answer until 30 November." in letter.body
    assert "Keep this mail: after a yes your link goes on working, to take it back." in letter.body
    assert "We are the service at asks.example. To reach a person, write to team@asks.example." in letter.body
    again = consenting.ask_again(person=noor, email=MUM, by=manager, now=now + SECOND)
    consenting.answer(token=consenting.token_of(again), consents=True, now=now + SECOND)
    outbox.relay(now=now + SECOND)
    assert MUM not in [to for message in mail.outbox[1:] for to in message.to]


def test_the_page_asks_and_looking_changes_nothing(token, now):
    with time_machine.travel(now, tick=False):
        client = Client()
        pages = [client.get(f"/guardian/{token}/"), client.head(f"/guardian/{token}/")]
        nothing = client.post(f"/guardian/{token}/", {"answer": "maybe"})
    assert [page.status_code for page in pages] == [200, 200]
    assert GuardianRequest.objects.get().answered_at is None
    assert (nothing.status_code, nothing.context["sentence"]) == (422, "Choose yes or no.")
    assert MUM not in pages[0].content.decode()


def test_yes_on_the_page_and_the_second_of_two_is_told(noor, token, now):
    path = f"/guardian/{token}/"
    with time_machine.travel(now, tick=False):
        client = Client()
        assert client.post(path, {"answer": "yes"})["Location"] == path
        assert "You said yes" in client.get(path).content.decode()
        again = client.post(path, {"answer": "yes"})
        assert (again.status_code, again.context["sentence"]) == (409, consenting.ANSWERED)
        client.post(path, {"answer": "no"})
        assert "<h1>You took your yes back</h1>" in client.get(path).content.decode()
    assert consent_of(noor) is None


@pytest.mark.parametrize("token", ["x", "0" * 64, "%00", "ü", "a" * 3000])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_that_never_was_gets_a_sentence(client, db, token, method):
    response = getattr(client, method)(f"/guardian/{token}/", {"answer": "yes"})
    assert (response.status_code, response.context["sentence"]) == (404, consenting.UNKNOWN)


def test_nobody_who_is_signed_in_answers_for_a_guardian(noor, token, now):
    client = Client()
    client.force_login(noor)
    response = client.post(f"/guardian/{token}/", {"answer": "yes"})
    assert (response.status_code, consent_of(noor)) == (403, None)


def test_who_left_is_asked_about_no_more(noor, token, now):
    Person.objects.filter(pk=noor.pk).update(is_active=False)
    with pytest.raises(Refused, match="doesn't open anything"):
        consenting.find(token=token, now=now)
    outbox.relay(now=now)
    assert mail.outbox == []


def test_of_a_yes_and_a_no_at_once_one_counts(noor, token, now):
    no = partial(consenting.answer, token=token, consents=False, now=now)
    with before("UPDATE", "advisors_guardianrequest", no), pytest.raises(Stale):
        consenting.answer(token=token, consents=True, now=now)
    assert consent_of(noor) is None


def test_requests_go_a_month_past_their_day_at_sixteen_and_with_the_person(noor, token, now):
    gone = now + timedelta(days=44)
    assert [consenting.purge(now=moment) for moment in (gone - SECOND, gone)] == [0, 1]
    fifteen, sixteen = date(2010, 11, 17), date(2010, 11, 16)
    for born, active, left in ((fifteen, True, 1), (sixteen, True, 0), (fifteen, False, 0)):
        consenting.ask(person=noor, email=MUM, by="x", now=now)
        row = GuardianRequest.objects.get()
        GuardianRequest.objects.filter(pk=row.pk).update(answered_at=now, consented=True, email="")
        Person.objects.filter(pk=noor.pk).update(born_on=born, is_active=active)
        consenting.purge(now=now)
        assert GuardianRequest.objects.count() == left
        GuardianRequest.objects.all().delete()


@pytest.mark.parametrize("answer", ["yes", "no"])
@pytest.mark.parametrize("leaves", [True, False])
def test_where_the_question_goes_in_the_moment_of_the_answer_the_page_says_so(
    noor, token, manager, now, settings, tmp_path, answer, leaves
):
    settings.LEDGER = tmp_path / "erased.txt"
    leave = partial(leaving.leave, person=noor, by=manager, now=now)
    ask = partial(consenting.ask_again, person=noor, email="dad@example.org", by=manager, now=now)
    with time_machine.travel(now, tick=False), before("SAVEPOINT", "", leave if leaves else ask):
        response = Client().post(f"/guardian/{token}/", {"answer": answer})
    assert (response.status_code, response.context["sentence"]) == (404, consenting.UNKNOWN)


def test_a_no_from_the_start_reads_as_one_and_the_page_says_who_asks(noor, token, now, settings):
    settings.SITE_URL, settings.DEFAULT_FROM_EMAIL = "https://asks.example", "Notes <team@asks.example>"
    path = f"/guardian/{token}/"
    with time_machine.travel(now, tick=False):
        page = Client().get(path).content.decode()
        Client().post(path, {"answer": "no"})
        after = Client().get(path).content.decode()
    assert "We are the service at asks.example. To reach a person, write to" in page
    assert ">team@asks.example</a>" in page
    assert "<h1>You said no</h1>" in after


def test_each_answer_is_told_to_the_managers(noor, token, manager, now, settings):
    consenting.answer(token=token, consents=True, now=now)
    consenting.answer(token=token, consents=False, now=now + SECOND)
    outbox.relay(now=now + SECOND)
    outbox.relay(now=now + SECOND)
    told = [(letter.to, letter.subject) for letter in mail.outbox]
    assert told == [([manager.email], "A guardian answered")] * 2
    assert mail.outbox[0].body == (
        "Hello Mia,\n\nSomebody's guardian answered, or took a yes back. The list of people says whose yes is missing."
        f"\n\n{settings.SITE_URL}/manage/\n"
    )


def test_days_are_those_of_the_services_own_clock(noor, manager):
    late = datetime(2026, 7, 6, 23, 30, tzinfo=UTC)  # half past midnight there
    token = consenting.token_of(consenting.ask_again(person=noor, email=MUM, by=manager, now=late))
    outbox.relay(now=late)
    assert "You can answer until 21 July." in mail.outbox[0].body
    with time_machine.travel(late, tick=False):
        assert "You can answer until 21 July." in Client().get(f"/guardian/{token}/").content.decode()
        Client().post(f"/guardian/{token}/", {"answer": "yes"})
        assert "On 7 July 2026 you agreed" in Client().get(f"/guardian/{token}/").content.decode()
    later = consenting.ask(person=noor, email=MUM, by="x", now=late)
    with pytest.raises(Refused, match="This link ran out on 21 July"):
        consenting.find(token=consenting.token_of(later), now=late + timedelta(days=14))


def test_a_yes_that_was_forgotten_is_not_said_to_hold(noor, token, now):
    consenting.answer(token=token, consents=True, now=now)
    consenting.ask_anew(now=now)
    with time_machine.travel(now, tick=False):
        page = Client().get(f"/guardian/{token}/").content.decode()
    assert "<h1>We need your yes again</h1>" in page
    assert [words for words in ("It holds until", "Take my yes back", "Yes, they may") if words in page] == []


def test_after_a_backup_came_back_every_consent_is_asked_anew(noor, now):
    Person.objects.filter(pk=noor.pk).update(guardian_consent_on=now.date())
    grown = PersonFactory(born_on=date(2010, 11, 16), guardian_consent_on=date(2025, 1, 5))
    assert consenting.ask_anew(now=now) == 1
    assert (consent_of(noor), consent_of(grown)) == (None, date(2025, 1, 5))
    assert [entry.kind for entry in history.of(noor.name)] == ["guardian to be asked anew"]
    assert consenting.ask_anew(now=now) == 0
