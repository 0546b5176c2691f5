import base64
import json
import re
from collections import Counter
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from standardwebhooks import Webhook

from advisors.managing import failed
from askpeer import outbox, receipts, webhook
from askpeer.errors import Refused
from askpeer.models import OutboxRow
from questions import moves, states
from questions.intake import withdrawing as erasing
from questions.models import Question
from questions.moves import Actor
from questions.partners import ending, hooks, telling
from questions.partners.models import Hook, Partner
from questions.publication import hiding, publishing, withdrawing
from tests.askpeer import https
from tests.factories import NOW, ManagerFactory, SupervisorFactory, TopicFactory, make_question
from tests.interleaving import before
from tests.questions.publication import shelf

pytestmark = pytest.mark.django_db
SUPERVISOR = Actor(states.SUPERVISOR, "person:s")
RETRY = timedelta(seconds=30)


def move(question, to="open", by=SUPERVISOR, now=NOW):
    moves.move(question, to, by=by, now=now)


def heard(server):
    """What the partner was told, in the order it came."""
    return [json.loads(call.body) for call in server.calls]


def rows():
    return list(OutboxRow.objects.order_by("pk").values_list("state", "attempts", "error"))


def test_the_secret_is_shown_once_and_kept_sealed(partner, url):
    secret = hooks.add(partner=partner, url=url, now=NOW)
    row = Hook.objects.get()
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", secret)
    assert (row.secret, row.url, row.since, row.paused_at, row.rests_until) == (secret, url, NOW, None, None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM partners_hook")
        assert secret[6:].encode() not in bytes(cursor.fetchone()[0])


@pytest.mark.parametrize(
    "wrong",
    [
        "http://hooks.example.org/",
        "https://localhost/",
        "https://me@hooks.example.org/",
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[2001:0:7f00:1::]/",
        "https://[::ffff:10.0.0.1]/",
    ],
)
def test_an_address_that_may_not_be_called_is_refused_at_once(partner, wrong):
    with pytest.raises(Refused):
        hooks.add(partner=partner, url=wrong, now=NOW)
    assert Hook.objects.count() == 0


def test_a_partner_has_one_hook_an_address_and_three_at_most(partner, hook):
    with pytest.raises(Refused, match="at this address already"):
        hooks.add(partner=partner, url=hook.url, now=NOW)
    for path in "ab":
        hooks.add(partner=partner, url=f"https://hooks.example.org/{path}", now=NOW)
    with pytest.raises(Refused, match="3 webhooks at most"):
        hooks.add(partner=partner, url="https://hooks.example.org/c", now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Hook.objects.create(partner=partner, url=hook.url, secret="whsec_", since=NOW)
    old = hook.secret
    ending.remove_hook(hook, now=NOW)
    assert hooks.add(partner=partner, url=hook.url, now=NOW) != old


def test_a_partner_is_told_of_a_move_in_exactly_these_words(partner, hook, server):
    question = make_question(partner=partner)
    move(question)
    assert outbox.relay(now=NOW) == 1
    (call,) = server.calls
    assert call.body.decode() == (
        '{"type":"question.status_changed","timestamp":"2026-11-16T11:00:00Z",'
        f'"data":{{"id":"{question.pk}","status":"open"}}}}'
    )
    assert call.line == "POST /in?token=for-us-alone HTTP/1.1"
    assert rows() == [("sent", 1, "")]


def test_what_a_partner_gets_opens_with_its_secret_in_the_public_library(partner, url, server):
    secret = hooks.add(partner=partner, url=url, now=NOW)
    move(make_question(partner=partner))
    outbox.relay(now=NOW)
    (call,) = server.calls
    assert Webhook(secret).verify(call.body, call.headers)["type"] == "question.status_changed"
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(hooks.add(partner=partner, url=f"{url}2", now=NOW)).verify(call.body, call.headers)


def test_a_question_that_came_through_no_partner_costs_nothing(hook, django_assert_num_queries):
    question = make_question()
    with django_assert_num_queries(0):
        hooks.status_changed(question, now=NOW)


@pytest.mark.parametrize("count", [1, 3])
def test_a_move_is_told_in_two_queries_however_many_hooks_there_are(partner, count, django_assert_num_queries):
    for number in range(count):
        hooks.add(partner=partner, url=f"https://hooks.example.org/{number}", now=NOW)
    question = make_question(partner=partner)
    with django_assert_num_queries(2):
        hooks.status_changed(question, now=NOW)
    assert OutboxRow.objects.count() == count


def test_a_question_asked_on_our_own_pages_is_told_to_no_partner(partner, hook, django_assert_num_queries):
    question = make_question(partner=partner, by_button=True)
    with django_assert_num_queries(0):
        hooks.status_changed(question, now=NOW)
    move(question)
    erasing.erase(question=question, now=NOW)
    assert (Question.objects.get().status, rows()) == ("withdrawn", [])


def test_each_move_is_told_once(partner, hook, server):
    question = make_question(partner=partner)
    move(question)
    hooks.status_changed(question, now=NOW)
    move(question, "in_progress", shelf.ADVISOR)
    assert outbox.relay(now=NOW) == 2
    assert [event["data"]["status"] for event in heard(server)] == ["open", "in_progress"]
    assert len({call.headers["webhook-id"] for call in server.calls}) == 2


def test_only_the_partner_it_came_through_hears_of_a_question(partner, hook, server):
    other = Partner.objects.create(name="Hilltop Club", slug="hilltop")
    hooks.add(partner=other, url=hook.url + "&other=1", now=NOW)
    move(make_question(partner=partner))
    outbox.relay(now=NOW)
    assert [call.line for call in server.calls] == ["POST /in?token=for-us-alone HTTP/1.1"]


def test_a_move_that_is_undone_was_never_told(partner, hook):
    with transaction.atomic():
        move(make_question(partner=partner))
        transaction.set_rollback(True)
    assert rows() == []


def test_a_school_hears_of_the_library_and_of_no_question(partner, hook, server):
    partner.kind = Partner.Kind.SCHOOL
    partner.save()
    move(make_question(partner=partner))
    publication = shelf.published()
    outbox.relay(now=shelf.LATER)
    assert [(event["type"], event["data"]) for event in heard(server)] == [
        ("library.published", {"slug": publication.slug})
    ]


def test_what_waits_for_a_partner_that_became_a_school_is_not_told(partner, hook, server):
    move(make_question(partner=partner))
    Partner.objects.update(kind=Partner.Kind.SCHOOL)
    outbox.relay(now=NOW)
    assert (heard(server), rows()) == ([], [("dropped", 1, "")])


def end(hook):
    ending.remove_hook(hook, now=NOW)


def pause(hook):
    Hook.objects.update(paused_at=NOW)


def leave(hook):
    Partner.objects.update(active=False)


@pytest.mark.parametrize("stop", [end, pause, leave])
def test_it_is_asked_again_before_sending_whether_the_partner_listens(partner, hook, server, stop):
    question = make_question(partner=partner)
    move(question)
    stop(hook)
    outbox.relay(now=NOW)
    assert (heard(server), rows()) == ([], [("dropped", 1, "")])
    move(question, "in_progress", shelf.ADVISOR)
    assert OutboxRow.objects.count() == 1


def test_a_failure_is_tried_again_under_the_same_id(partner, hook, server):
    server.answers = [https.answer("500 No"), https.FINE]
    move(make_question(partner=partner))
    outbox.relay(now=NOW)
    assert rows() == [("waiting", 1, "Answered 500")]
    assert outbox.relay(now=NOW + RETRY - timedelta(seconds=1)) == 0
    outbox.relay(now=NOW + RETRY)
    assert rows() == [("sent", 2, "")]
    first, again = [call.headers for call in server.calls]
    assert first["webhook-id"] == again["webhook-id"]
    assert int(again["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 30
    assert heard(server)[0] == heard(server)[1]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (https.answer("404 Not Found"), "Answered 404"),
        (https.answer("401 Unauthorized"), "Answered 401"),
        (https.answer("302 Found"), "Answered 302"),
        (https.hang, "TimeoutError"),
        (b"SMTP here\r\n\r\n", "BadStatusLine"),
    ],
)
def test_a_failure_is_kept_by_its_type_and_code_and_ends_after_three_days_and_twelve_tries(
    partner, hook, server, answer, error
):
    server.answers = [answer]
    move(make_question(partner=partner))
    outbox.relay(now=NOW)
    assert rows() == [("waiting", 1, error)]
    OutboxRow.objects.update(attempts=11)
    outbox.relay(now=NOW + timedelta(days=3))
    assert rows() == [("dead", 12, error)]
    assert Hook.objects.get().paused_at is None


def test_gone_pauses_the_hook_and_ends_what_waits(partner, hook, server):
    server.answers = [https.answer("410 Gone")]
    one, other = make_question(partner=partner), make_question(partner=partner)
    move(one)
    move(other)
    outbox.relay(now=NOW)
    assert rows() == [("dead", 1, "Gone"), ("dropped", 1, "")]
    assert (len(server.calls), Hook.objects.get().paused_at) == (1, NOW)


def test_an_address_that_is_not_public_is_never_called(partner, server, settings):
    settings.OUTBOX_HANDLERS = {"webhook": "questions.partners.hooks.told"}
    hooks.add(partner=partner, url="https://hooks.example.org/", now=NOW)
    Hook.objects.update(url=f"https://127.0.0.1:{server.port}/")
    move(make_question(partner=partner))
    outbox.relay(now=NOW)
    assert (heard(server), rows()) == ([], [("dead", 1, "NotPublic")])


def test_a_server_that_hangs_is_tried_once_while_others_are_told(partner, hook, server, pem):
    with https.Server(pem) as well:
        other = Partner.objects.create(name="Hilltop Club", slug="hilltop")
        hooks.add(partner=other, url=f"https://hooks.example.org:{well.port}/in", now=NOW)
        server.answers = [https.hang]
        for _ in range(3):
            move(make_question(partner=partner))
        move(make_question(partner=other))
        outbox.relay(now=NOW)
        assert (len(server.calls), len(well.calls)) == (1, 1)
    assert rows() == [
        ("waiting", 1, "TimeoutError"),
        ("waiting", 0, "Later"),
        ("waiting", 0, "Later"),
        ("sent", 1, ""),
    ]
    assert outbox.relay(now=NOW + RETRY - timedelta(seconds=1)) == 0
    server.answers = [https.FINE]
    outbox.relay(now=NOW + RETRY)
    assert rows() == [("sent", 2, ""), ("sent", 1, ""), ("sent", 1, ""), ("sent", 1, "")]
    assert set(Hook.objects.values_list("rests_until", flat=True)) == {None}


@pytest.fixture
def partner_answers(monkeypatch):
    """What the partner does with a webhook of each question, by its id: raise this, or take it. Counts the tries."""
    raises, tries = {}, Counter()

    def send(post):
        pk = json.loads(post.body)["data"].get("id", "library")
        tries[pk] += 1
        if pk in raises:
            raise raises[pk]

    monkeypatch.setattr(webhook.Post, "send", send)
    return raises, tries


def relay_for(days, *, since):
    """Every ten seconds in the first hour, as the nudges come, then every minute, as the sweep does."""
    for minute in range(60):
        for second in range(0, 60, 10):
            outbox.relay(now=since + timedelta(minutes=minute, seconds=second))
    for minute in range(60, days * 24 * 60):
        outbox.relay(now=since + timedelta(minutes=minute))


@pytest.mark.parametrize("refusal", [webhook.Answered(404), TimeoutError()], ids=["refuses", "hangs at"])
@pytest.mark.parametrize("behind", [0, 12, 25])
def test_one_event_that_a_partner_never_takes_keeps_no_other_back(partner, hook, partner_answers, refusal, behind):
    raises, tries = partner_answers
    never, fine = make_question(partner=partner), make_question(partner=partner)
    raises[str(never.pk)] = refusal
    move(never)
    outbox.relay(now=NOW)
    later = NOW + timedelta(seconds=behind)
    move(fine, now=later)
    for seconds in range(0, 91, 10):
        outbox.relay(now=later + timedelta(seconds=seconds))
    assert (rows()[1], tries[str(fine.pk)]) == (("sent", 1, ""), 1)


def test_what_a_young_person_took_down_is_told_although_another_event_is_refused(partner, hook, partner_answers):
    publication = shelf.published()
    OutboxRow.objects.all().delete()
    raises, tries = partner_answers
    refused = make_question(partner=partner, now=shelf.LATER)
    raises[str(refused.pk)] = webhook.Answered(404)
    move(refused, now=shelf.LATER)
    outbox.relay(now=shelf.LATER)
    soon = shelf.LATER + timedelta(seconds=12)
    withdrawing.withdraw(publication=publication, by=SupervisorFactory(), now=soon)
    outbox.relay(now=soon)
    assert (rows(), tries["library"]) == ([("waiting", 1, "Answered 404"), ("sent", 1, "")], 1)


def test_an_address_where_nothing_answers_is_tried_twice_a_minute_at_most_and_each_event_in_its_turn(
    partner, hook, partner_answers
):
    raises, tries = partner_answers
    for _ in range(3):
        question = make_question(partner=partner)
        raises[str(question.pk)] = ConnectionRefusedError()
        move(question)
    tried = []
    for minute in range(10):
        for second in range(0, 60, 10):
            outbox.relay(now=NOW + timedelta(minutes=minute, seconds=second))
        tried.append(tries.total() - sum(tried))
    assert max(tried) == 2
    assert min(tries.values()) >= 4
    assert [row.attempts for row in OutboxRow.objects.order_by("pk")] == list(tries.values())


def test_no_event_ends_untried_while_nothing_answers_for_days(partner, hook, partner_answers):
    raises, tries = partner_answers
    for _ in range(3):
        question = make_question(partner=partner)
        raises[str(question.pk)] = ConnectionRefusedError()
        move(question)
    relay_for(4, since=NOW)
    assert {row.state for row in OutboxRow.objects.all()} == {"dead"}
    assert [row.attempts for row in OutboxRow.objects.order_by("pk")] == list(tries.values())
    assert min(tries.values()) >= 12


def events(partner, count, *, now=NOW):
    """That so many questions of a partner moved, told at once."""
    question = make_question(partner=partner)
    for version in range(count):
        question.status, question.version = "open", version
        hooks.status_changed(question, now=now)
    return str(question.pk)


def states_of_rows():
    return Counter(OutboxRow.objects.values_list("state", flat=True))


def test_600_events_for_a_server_that_is_off_cost_60_sends_and_60_claims_in_31_minutes(partner, hook, partner_answers):
    raises, tries = partner_answers
    pk = events(partner, 600)
    raises[pk] = ConnectionRefusedError()
    claims = [outbox.relay(now=NOW + number * timedelta(seconds=31)) for number in range(60)]
    assert (tries[pk], claims) == (60, [1] * 60)
    assert states_of_rows() == {"waiting": 600}
    del raises[pk]
    assert outbox.relay(now=NOW + timedelta(days=1), seconds=3600) == 600
    assert states_of_rows() == {"sent": 600}


@pytest.mark.parametrize("failure", [None, webhook.Answered(404), TimeoutError()], ids=["takes", "refuses", "hangs"])
def test_what_a_try_costs_does_not_grow_with_what_waits(partner, hook, partner_answers, failure):
    raises, _ = partner_answers
    costs = []
    for count in (1, 30):
        OutboxRow.objects.all().delete()
        Hook.objects.update(rests_until=None, silent_since=None)
        pk = events(partner, count)
        raises.update({pk: failure} if failure else {})
        with CaptureQueriesContext(connection) as queries:
            outbox.deliver(outbox.claim_one(now=NOW), now=NOW)
        costs.append(len(queries))
    # To claim it 3, to ask whether it holds 2, to settle it 1; to let the hook rest 1, and all that waits for it 1.
    assert costs == ([8, 8] if isinstance(failure, TimeoutError) else [6, 6])


class Clock:
    """Stands still until something takes its time; in the place of the module time."""

    seconds = 0.0

    def monotonic(self):
        return self.seconds


@pytest.fixture
def gateway(partner, monkeypatch):
    """Says a status after so many seconds, while the clock of the relay and of the hook runs on. Counts the sends."""
    hooks.add(partner=partner, url="https://hooks.example.org/in", now=NOW)
    clock, sends = Clock(), []
    monkeypatch.setattr(telling, "time", clock)
    monkeypatch.setattr(outbox, "time", clock)

    def says(status, seconds):
        def send(post):
            clock.seconds += seconds
            sends.append(post)
            if status != 200:
                raise webhook.Answered(status)

        monkeypatch.setattr(webhook.Post, "send", send)
        return clock, sends

    return says


def test_a_gateway_that_refuses_after_nine_seconds_holds_a_letter_up_by_one_send(partner, gateway, mailoutbox):
    clock, sends = gateway(504, seconds=9)
    events(partner, 40)
    asker = make_question(email="a@example.org")
    soon = NOW + timedelta(seconds=1)
    outbox.put("late", key="late", refs={"subject": asker.subject, "round": 1}, now=soon)
    outbox.relay(now=soon)
    assert (len(mailoutbox), len(sends), clock.seconds) == (1, 1, 9)


def test_a_gateway_that_refuses_slowly_rests_and_tells_each_event_once_it_takes_them(partner, gateway):
    _, sends = gateway(504, seconds=9)
    events(partner, 40)
    for minute in range(10):
        outbox.relay(now=NOW + timedelta(minutes=minute))
    assert (len(sends), Hook.objects.get().silent_since) == (10, None)
    _, sends = gateway(200, seconds=0.1)
    del sends[:]
    outbox.relay(now=NOW + timedelta(days=1))
    assert (states_of_rows(), len(sends)) == ({"sent": 40}, 40)


@pytest.mark.parametrize(("seconds", "tried"), [(2, 40), (2.001, 1)])
def test_a_refusal_within_two_seconds_lets_every_other_event_have_its_try(partner, gateway, seconds, tried):
    _, sends = gateway(404, seconds=seconds)
    events(partner, 40)
    outbox.relay(now=NOW, seconds=300)
    assert len(sends) == tried
    assert (Hook.objects.get().rests_until is None) is (tried == 40)


def silent(partner, raises, *, days=3):
    """600 events from the first hour of a server that is off, tried every hour for so many days; the last moment."""
    pk = events(partner, 600)
    raises[pk] = ConnectionRefusedError()
    for hour in range(days * 24):
        outbox.relay(now=NOW + timedelta(hours=hour))
    return NOW + timedelta(days=days)


def test_what_is_three_days_old_at_a_server_silent_as_long_is_given_up_and_seen_and_the_younger_waits(
    partner, hook, partner_answers
):
    raises, tries = partner_answers
    old = silent(partner, raises)
    young = make_question(partner=partner)
    move(young, now=old - timedelta(hours=1))
    raises[str(young.pk)] = ConnectionRefusedError()
    assert (states_of_rows(), sum(tries.values())) == ({"waiting": 601}, 72)
    assert Hook.objects.get().silent_since == NOW
    outbox.relay(now=old)
    assert states_of_rows() == {"dead": 600, "waiting": 1}
    given_up = OutboxRow.objects.filter(state="dead")
    assert set(given_up.values_list("error", "settled_at")) == {("ConnectionRefusedError", old)}
    for hours in range(1, 70):
        outbox.relay(now=old + timedelta(hours=hours))
    assert OutboxRow.objects.get(refs__question=str(young.pk)).state == "waiting"
    raises.clear()
    outbox.relay(now=old + timedelta(days=4))
    assert OutboxRow.objects.get(refs__question=str(young.pk)).state == "sent"
    assert (Hook.objects.get().rests_until, Hook.objects.get().silent_since) == (None, None)


def test_what_is_sent_again_after_a_silence_has_all_its_tries(partner, hook, partner_answers):
    raises, _ = partner_answers
    old, tom = silent(partner, raises), ManagerFactory()
    outbox.relay(now=old)
    again = list(OutboxRow.objects.filter(state="dead")[:2])
    for row in again:
        failed.retry(row=row, by=tom, now=old)
    for minute in range(1, 10):
        outbox.relay(now=old + timedelta(minutes=minute))
    found = OutboxRow.objects.filter(pk__in=[row.pk for row in again])
    assert [(row.state, row.attempts > 0) for row in found] == [("waiting", True)] * 2


@pytest.mark.parametrize(
    ("status", "seconds"), [(200, 0.1), (404, 0.1), (504, 9)], ids=["taken", "refused", "refused slowly"]
)
def test_any_answer_ends_a_silence(partner, gateway, status, seconds):
    gateway(status, seconds)
    almost = NOW + timedelta(days=3) - timedelta(hours=1)
    Hook.objects.update(silent_since=NOW, rests_until=almost)
    events(partner, 3)
    outbox.relay(now=almost)
    assert Hook.objects.get().silent_since is None
    assert states_of_rows()["dead"] == 0


def test_nothing_is_given_up_for_a_silence_in_which_the_service_was_off(partner, hook, partner_answers):
    raises, _ = partner_answers
    silent(partner, raises, days=1)
    back = NOW + timedelta(days=5)
    outbox.relay(now=back)
    assert (states_of_rows(), Hook.objects.get().silent_since) == ({"waiting": 600}, back)


def test_a_silence_begins_anew_where_another_relay_had_an_answer_meanwhile(partner, hook, partner_answers):
    raises, _ = partner_answers
    raises[events(partner, 1)] = TimeoutError()
    Hook.objects.update(silent_since=NOW - timedelta(days=2), rests_until=NOW)

    def other_relay():
        Hook.objects.update(silent_since=None, rests_until=None)

    with before("UPDATE", "partners_hook", other_relay, nth=2):
        outbox.relay(now=NOW)
    assert Hook.objects.get().silent_since == NOW


def test_after_a_rest_one_of_two_relays_tries_it_and_the_other_waits(partner, hook, partner_answers):
    _, tries = partner_answers
    Hook.objects.update(rests_until=NOW)
    questions = [make_question(partner=partner), make_question(partner=partner)]
    for question in questions:
        move(question)

    def other_relay():
        assert outbox.relay(now=NOW) == 1

    with before("UPDATE", "partners_hook", other_relay):
        outbox.relay(now=NOW)
    assert tries == {str(questions[1].pk): 1}
    assert rows() == [("waiting", 0, "Later"), ("sent", 1, "")]


def test_an_event_after_a_restore_has_an_id_of_its_own(partner, hook, server):
    """A backup that is brought back has the question at an older version, which then takes another way."""
    question = make_question(partner=partner)
    move(question)
    outbox.relay(now=NOW)
    OutboxRow.objects.all().delete()
    Question.objects.update(status="new", version=question.version - 1)
    question.refresh_from_db()
    later = NOW + timedelta(hours=1)
    move(question, "redirected", now=later)
    outbox.relay(now=later)
    assert [event["data"]["status"] for event in heard(server)] == ["open", "redirected"]
    first, second = [call.headers["webhook-id"] for call in server.calls]
    assert first != second


def test_a_rest_that_a_wrong_clock_set_far_ahead_is_none(partner, hook, server):
    Hook.objects.update(rests_until=NOW + timedelta(hours=1))
    move(make_question(partner=partner))
    outbox.relay(now=NOW)
    assert rows() == [("sent", 1, "")]


@pytest.fixture
def erase(settings, tmp_path):
    """The asker's own erasing. A move puts its row first, and what waits for the question is dropped after it."""
    settings.LEDGER = tmp_path / "erased.txt"

    def make(question):
        erasing.erase(question=question, now=NOW)

    return make


def test_an_erasure_is_told_and_nothing_else_of_the_question(partner, hook, server, erase):
    question = make_question(partner=partner)
    move(question)
    move(question, "in_progress", shelf.ADVISOR)
    erase(question)
    outbox.relay(now=NOW)
    assert [event["data"] for event in heard(server)] == [{"id": str(question.pk), "status": "withdrawn"}]
    assert rows() == [("sent", 1, "")]


def test_what_was_on_its_way_when_its_question_was_erased_is_not_told_again(partner, hook, server, erase):
    question = make_question(partner=partner)
    move(question)
    on_its_way = outbox.claim_one(now=NOW)
    erase(question)
    outbox.retry(on_its_way, now=NOW, error="TimeoutError")
    outbox.relay(now=NOW + RETRY)
    assert [event["data"]["status"] for event in heard(server)] == ["withdrawn"]
    assert sorted(rows()) == [("dropped", 2, ""), ("sent", 1, "")]


def test_an_erased_question_of_no_listening_partner_leaves_no_row(partner, erase):
    question = make_question(partner=partner)
    erase(question)
    assert (Question.objects.get().status, rows()) == ("withdrawn", [])


def test_what_comes_into_the_library_is_told_to_every_partner_who_listens(partner, hook, server):
    other = Partner.objects.create(name="Hilltop Club", slug="hilltop")
    hooks.add(partner=other, url=hook.url + "&other=1", now=NOW)
    publication = shelf.published()
    outbox.relay(now=shelf.LATER)
    event = {
        "type": "library.published",
        "timestamp": "2026-11-30T11:00:00Z",
        "data": {"slug": "everybody-has-someone-to-eat-with"},
    }
    assert heard(server) == [event, event]
    assert publication.slug == event["data"]["slug"]


def test_what_leaves_the_library_is_told_and_its_address_waits_sealed(partner, hook, server):
    publication = shelf.published()
    OutboxRow.objects.all().delete()
    withdrawing.withdraw(publication=publication, by=SupervisorFactory(), now=shelf.LATER)
    assert "eat" not in json.dumps(list(OutboxRow.objects.values_list("key", "refs")))
    outbox.relay(now=shelf.LATER)
    assert heard(server) == [
        {
            "type": "library.withdrawn",
            "timestamp": "2026-11-30T11:00:00Z",
            "data": {"slug": "everybody-has-someone-to-eat-with"},
        }
    ]


def test_what_is_hidden_after_a_report_is_told_as_leaving_and_when_it_is_shown_again_as_coming(partner, hook, server):
    publication = shelf.published()
    OutboxRow.objects.all().delete()
    hiding.report(publication, shelf.LATER)
    outbox.relay(now=shelf.LATER)
    later = shelf.LATER + timedelta(hours=1)
    hiding.show_again(publication=publication, by=SupervisorFactory(), now=later)
    outbox.relay(now=later)
    slug = {"slug": publication.slug}
    assert [(event["type"], event["data"]) for event in heard(server)] == [
        ("library.withdrawn", slug),
        ("library.published", slug),
    ]


def test_what_is_written_anew_is_told_as_leaving_until_it_is_published_again(partner, hook, server):
    publication = shelf.published()
    OutboxRow.objects.all().delete()
    slug = {"slug": publication.slug}
    shelf.edited(publication, now=shelf.LATER, title="Somebody to eat with")
    shelf.edited(publication, now=shelf.LATER, title="Somebody to sit with")
    outbox.relay(now=shelf.LATER)
    assert [(event["type"], event["data"]) for event in heard(server)] == [("library.withdrawn", slug)]


def test_what_left_before_its_coming_was_told_is_told_as_leaving_alone(partner, hook, server):
    publication = shelf.published()
    withdrawing.withdraw(publication=publication, by=SupervisorFactory(), now=shelf.LATER)
    outbox.relay(now=shelf.LATER)
    assert [event["type"] for event in heard(server)] == ["library.withdrawn"]
    assert rows() == [("dropped", 1, ""), ("sent", 1, "")]


def test_what_came_back_before_its_leaving_was_told_is_told_as_coming_alone(partner, hook, server):
    """A late word of its leaving would take down what stands there again, under the same address."""
    publication = shelf.published()
    OutboxRow.objects.all().delete()
    slug = publication.slug
    withdrawing.take_back_yes(publication, said_yes=True, now=shelf.LATER)
    publication.refresh_from_db()
    later = shelf.LATER + timedelta(days=1)
    publishing.publish(publication=publication, version=publication.version, by=SupervisorFactory(), now=later)
    outbox.relay(now=later)
    assert [(event["type"], event["data"]) for event in heard(server)] == [("library.published", {"slug": slug})]
    assert rows() == [("dropped", 1, ""), ("sent", 1, "")]


def test_one_version_that_comes_goes_and_comes_again_is_told_each_time(partner, hook, server):
    publication = shelf.published()
    outbox.relay(now=shelf.LATER)
    for days in (1, 3):
        off, on = (shelf.LATER + timedelta(days=days + more) for more in (0, 1))
        withdrawing.take_back_yes(publication, said_yes=True, now=off)
        outbox.relay(now=off)
        publication.refresh_from_db()
        publishing.publish(publication=publication, version=publication.version, by=SupervisorFactory(), now=on)
        outbox.relay(now=on)
    came, left = "library.published", "library.withdrawn"
    assert [event["type"] for event in heard(server)] == [came, left, came, left, came]


def test_a_candidate_that_was_never_published_leaves_without_a_word(partner, hook):
    publication = shelf.edited(shelf.agreed())
    withdrawing.withdraw(publication=publication, by=SupervisorFactory(), now=shelf.LATER)
    assert rows() == []


def test_erasing_tells_the_partner_and_takes_every_copy_down(partner, hook, server, erase):
    receipt = receipts.draw()
    publication = shelf.published(partner=partner, receipt=receipt)
    OutboxRow.objects.all().delete()
    slug, question = publication.slug, Question.objects.get()
    erase(question)
    outbox.relay(now=NOW)
    told = sorted((event["type"], event["data"]) for event in heard(server))
    assert told == [
        ("library.withdrawn", {"slug": slug}),
        ("question.status_changed", {"id": str(question.pk), "status": "withdrawn"}),
    ]


def test_no_word_of_anybody_is_in_any_webhook(partner, hook, server, erase):
    """A mark in all that is written: no line, header or body that goes out holds it, plain or encoded."""
    mark, receipt = "quillfeather", "umbrella acorn walnut trombone pebble lantern"
    topic = TopicFactory(slug=mark, label=mark)
    values = {"email": f"{mark}@example.org", "topic": topic, "summary": mark, "level": "red"}
    question = shelf.answered(text=mark, receipt=receipt, partner=partner, **values)
    for version, status in enumerate(states.STATUSES, start=100):
        question.status, question.version = status, version
        hooks.status_changed(question, now=NOW)
    publication = shelf.published(question_text=f"{mark} again", answer_text=mark, content_note=mark, topic=topic)
    outbox.relay(now=shelf.LATER)
    withdrawing.withdraw(publication=publication, by=SupervisorFactory(), now=shelf.LATER)
    outbox.relay(now=shelf.LATER)
    assert len(server.calls) >= len(states.STATUSES) + 2
    sent = " ".join(f"{call.line} {call.headers} {call.body.decode()}" for call in server.calls)
    secrets = [mark, base64.b64encode(mark.encode()).decode(), *receipt.split(), "13-15", "GB-ENG"]
    assert [word for word in secrets if word in sent] == []
    assert set(re.findall(r"\w+", sent)) & {"level", "red", "topic", "text", "receipt", "partner", "harbour"} == set()
    assert {name for event in heard(server) for name in event["data"]} == {"id", "status", "slug"}
