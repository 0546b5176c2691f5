"""What a partner was told, as its manager reads it, and telling it again."""

from datetime import timedelta

import pytest
from django.db import connection

from askpeer import outbox
from askpeer.errors import Refused, Stale
from askpeer.models import OutboxRow
from questions.intake import withdrawing as erasing
from questions.partners import hooks, logbook
from questions.partners.models import Hook, Partner
from questions.publication import withdrawing
from tests.askpeer import https
from tests.factories import NOW, SupervisorFactory, make_question
from tests.interleaving import before
from tests.questions.publication import shelf

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _ledger(settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"


def happen(partner, *statuses, now=NOW):
    """A question of the partner comes to these statuses, one after the other, as far as webhooks hear of it."""
    question = make_question(partner=partner)
    for version, status in enumerate(statuses, start=2):
        question.status, question.version = status, version
        hooks.status_changed(question, now=now)
    return question


def told(hook):
    return [(one.what, one.state, one.row.attempts) for one in logbook.page(hook=hook).events]


def again(hook, row=None, *, now=LATER):
    logbook.send_again(hook=Hook.objects.get(pk=hook.pk), row=row or OutboxRow.objects.get(), now=now)


def test_each_event_stands_there_with_its_state_newest_first(partner, hook, server):
    server.answers = [https.FINE, https.answer("500 No"), https.FINE]
    happen(partner, "open", "in_progress")
    shelf.published()
    OutboxRow.objects.exclude(kind="webhook").delete()
    outbox.relay(now=NOW)
    happen(partner, "answered")
    assert told(hook) == [
        ("question.status_changed answered", "waiting", 0),
        ("library.published", "waiting", 0),
        ("question.status_changed in_progress", "waiting", 1),
        ("question.status_changed open", "delivered", 1),
    ]


def test_its_webhook_id_is_the_one_that_was_sent(partner, hook, server):
    happen(partner, "open", "in_progress")
    outbox.relay(now=NOW)
    sent = [call.headers["webhook-id"] for call in server.calls]
    assert [one.webhook_id for one in logbook.page(hook=hook).events] == sent[::-1]


def test_it_says_what_failed_and_when_it_is_tried_next(partner, hook, server):
    server.answers = [https.answer("500 No")]
    happen(partner, "open")
    outbox.relay(now=NOW)
    (one,) = logbook.page(hook=hook).events
    assert (one.row.error, one.next_try, one.is_over) == ("Answered 500", NOW + timedelta(seconds=30), False)


def test_another_hook_has_its_own_log(partner, hook):
    hooks.add(partner=partner, url="https://hooks.example.org/other", now=NOW)
    happen(partner, "open")
    for one in Hook.objects.all():
        (event,) = logbook.page(hook=one).events
        assert event.row.refs["hook"] == str(one.pk)
        assert logbook.find(hook=one, pk=event.row.pk) == event.row
    (mine,) = logbook.page(hook=hook).events
    other = Hook.objects.exclude(pk=hook.pk).get()
    assert logbook.find(hook=other, pk=mine.row.pk) is None


@pytest.mark.parametrize("count", [1, 50])
def test_a_page_costs_one_query_for_one_event_and_for_fifty(partner, hook, count, django_assert_num_queries):
    happen(partner, *(["open"] * count))
    with django_assert_num_queries(1):
        assert len(told(hook)) == count


def test_the_fifty_first_stands_on_the_next_page(partner, hook):
    happen(partner, *(["open"] * 51))
    first = logbook.page(hook=hook)
    second = logbook.page(hook=hook, before=first.before)
    assert ([len(first.events), len(second.events)], second.before) == ([50, 1], None)
    assert {one.row.pk for one in first.events} & {one.row.pk for one in second.events} == set()


def _plan(hook):
    """How the database would find a hook's events among many of others."""
    OutboxRow.objects.bulk_create(
        OutboxRow(key=f"answer-ready:{number}", kind="answer-ready", due_at=NOW, created_at=NOW)
        for number in range(20_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE askpeer_outboxrow")
    return logbook._of(hook).order_by("-pk")[: logbook.PAGE + 1].explain()


@pytest.mark.postgresql
def test_postgresql_finds_them_by_the_index_of_the_keys(hook):
    plan = _plan(hook)
    assert "Index Scan using askpeer_outboxrow_key" in plan or "Bitmap Index Scan on askpeer_outboxrow_key" in plan
    assert "Seq Scan" not in plan


@pytest.mark.embedded
def test_sqlite_finds_them_by_the_index_of_the_keys(hook):
    assert "USING INDEX sqlite_autoindex_askpeer_outboxrow_1 (key>? AND key<?)" in _plan(hook)


def test_no_word_of_anybody_and_no_address_is_in_the_log(partner, hook, server):
    publication = shelf.published(partner=partner)
    withdrawing.withdraw(publication=publication, by=SupervisorFactory(), now=shelf.LATER)
    outbox.relay(now=shelf.LATER)
    events = logbook.page(hook=hook).events
    said = " ".join(f"{one.what} {one.state} {one.row.error} {one.webhook_id}" for one in events)
    assert {"library.published", "library.withdrawn"} < {one.what for one in events}
    assert [word for word in ("eat", "everybody", *map(str, partner.name.split())) if word in said] == []


def test_what_was_delivered_is_sent_again_under_its_id(partner, hook, server):
    happen(partner, "open")
    outbox.relay(now=NOW)
    again(hook)
    assert told(hook) == [("question.status_changed open", "waiting", 0)]
    outbox.relay(now=LATER)
    first, second = server.calls
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
    assert told(hook) == [("question.status_changed open", "delivered", 1)]


def test_what_was_given_up_is_sent_again_with_all_its_tries(partner, hook, server):
    happen(partner, "open")
    OutboxRow.objects.update(state="dead", settled_at=NOW, attempts=12, error="TimeoutError")
    Hook.objects.update(silent_since=NOW - timedelta(days=4), rests_until=None)
    server.answers = [https.answer("500 No")]
    late = NOW + timedelta(days=4)
    again(hook, now=late)
    outbox.relay(now=late)
    assert told(hook) == [("question.status_changed open", "waiting", 1)]
    assert Hook.objects.get().silent_since is None


@pytest.mark.parametrize("state", ["waiting", "leased", "dropped"])
def test_what_is_on_its_way_or_was_dropped_is_not(partner, hook, state):
    happen(partner, "open")
    settled = NOW if state == "dropped" else None
    OutboxRow.objects.update(state=state, settled_at=settled, leased_until=LATER if state == "leased" else None)
    with pytest.raises(Stale, match="on its way already"):
        again(hook)
    assert OutboxRow.objects.get().state == state


def test_of_two_who_send_it_again_at_once_one_does(partner, hook, server):
    happen(partner, "open")
    outbox.relay(now=NOW)
    row = OutboxRow.objects.get()

    def other():
        again(hook, OutboxRow.objects.get())
        outbox.relay(now=LATER)

    with before("UPDATE", "askpeer_outboxrow", other), pytest.raises(Stale):
        again(hook, row)
    assert (len(server.calls), told(hook)) == (2, [("question.status_changed open", "delivered", 1)])


def erased(partner, hook, row):
    erasing.erase(question=partner.question_set.get(), now=LATER)


def paused(partner, hook, row):
    Hook.objects.update(paused_at=LATER)


def ended(partner, hook, row):
    Partner.objects.update(active=False)


def a_school(partner, hook, row):
    Partner.objects.update(kind=Partner.Kind.SCHOOL)


@pytest.mark.parametrize(
    ("first", "sentence"),
    [
        (erased, "does not hold any more"),
        (paused, "Resume it first"),
        (ended, "Take it up again first"),
        (a_school, "does not hold any more"),
    ],
)
def test_what_the_partner_is_not_to_hear_is_not_sent_again(partner, hook, server, first, sentence):
    happen(partner, "open")
    outbox.relay(now=NOW)
    row = OutboxRow.objects.get()
    first(partner, hook, row)
    with pytest.raises(Refused, match=sentence):
        again(hook, row)
    assert len(server.calls) == 1


def test_a_text_that_left_is_not_told_as_coming_again(partner, hook, server):
    publication = shelf.published()
    outbox.relay(now=shelf.LATER)
    came = OutboxRow.objects.get(refs__event="library.published")
    withdrawing.withdraw(publication=publication, by=SupervisorFactory(), now=shelf.LATER)
    with pytest.raises(Refused, match="does not hold any more"):
        again(hook, came, now=shelf.LATER)
    outbox.relay(now=shelf.LATER)
    left = OutboxRow.objects.get(refs__event="library.withdrawn")
    again(hook, left, now=shelf.LATER)
    assert OutboxRow.objects.get(pk=left.pk).state == "waiting"


def test_a_hook_that_is_resumed_hears_of_what_happens_then_and_of_nothing_before(partner, hook, server):
    server.answers = [https.answer("410 Gone"), https.FINE]
    happen(partner, "open")
    outbox.relay(now=NOW)
    happen(partner, "in_progress")
    hooks.resume(hook=hook)
    happen(partner, "answered")
    outbox.relay(now=LATER)
    assert told(hook) == [
        ("question.status_changed answered", "delivered", 1),
        ("question.status_changed open", "given up", 1),
    ]
    with pytest.raises(Stale, match="not paused any more"):
        hooks.resume(hook=hook)
