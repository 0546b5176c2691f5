import pytest
from django.db import DatabaseError, IntegrityError, transaction

from askpeer import prose
from askpeer.errors import Refused, Stale
from askpeer.models import OutboxRow
from questions import answering, moves, states
from questions.models import Contact, Message, Question, Round
from questions.moves import Actor
from tests.factories import make_question

pytestmark = pytest.mark.django_db
SUPERVISOR = Actor(states.SUPERVISOR, "person:s")
ADVISOR = Actor(states.ADVISOR, "person:a")
WORDS = "You could tell **one** person.\n\n[Childline](https://example.org)"


@pytest.fixture
def in_review(calendar, now):
    """A question in review; call it with email= to leave an address."""

    def make(**values):
        question = make_question(now=now, **values)
        for to, by in (("open", SUPERVISOR), ("in_progress", ADVISOR), ("in_review", ADVISOR)):
            moves.move(question, to, by=by, now=now)
        return question

    return make


def deliver(question, now, *, text=WORDS, kind="answer", to="answered", digest=None):
    digest = digest or prose.digest(text, key=question.key())
    return answering.deliver(question, kind=kind, text=text, digest=digest, to=to, by=SUPERVISOR, now=now)


def test_an_approved_answer_stands_in_front_of_the_asker(in_review, now):
    question = in_review()
    deliver(question, now)
    message = Message.objects.get(kind="answer")
    assert (message.text, message.sent_at, message.passed_at) == (WORDS, now, now)
    assert message.html == (
        "<p>You could tell <strong>one</strong> person.</p>\n"
        '<p><a href="https://example.org" rel="noopener noreferrer">Childline</a></p>\n'
    )
    assert bytes(message.digest) == prose.digest(WORDS, key=question.key())
    assert (Question.objects.get().status, Round.objects.get().answered_at) == ("answered", now)


@pytest.mark.parametrize("column", ["text", "html", "digest"])
def test_what_was_sent_is_never_changed(in_review, now, column):
    deliver(in_review(), now)
    sent = Message.objects.get(kind="answer")
    setattr(sent, column, b"x" * 32 if column == "digest" else "Other words.")
    with pytest.raises(DatabaseError, match="what was sent is never changed"), transaction.atomic():
        sent.save()
    assert Message.objects.get(kind="answer").text == WORDS


@pytest.mark.parametrize("text", [WORDS + ".", WORDS.replace("one", "no"), ""])
def test_other_words_than_the_approved_ones_are_refused(in_review, now, text):
    question = in_review()
    approved = prose.digest(WORDS, key=question.key())
    with pytest.raises(Refused) as refusal:
        deliver(question, now, text=text, digest=approved)
    assert str(refusal.value) == "These are not the words that were approved."
    assert (Question.objects.get().status, Message.objects.count()) == ("in_review", 1)


def test_a_digest_made_for_another_question_is_refused(in_review, now):
    question, other = in_review(), in_review()
    with pytest.raises(Refused):
        deliver(question, now, digest=prose.digest(WORDS, key=other.key()))


def test_a_round_has_one_answer(in_review, now):
    question = in_review()
    deliver(question, now, to=None)
    with pytest.raises(Stale) as stale, transaction.atomic():
        deliver(question, now)
    assert str(stale.value) == "This round already has its answer."
    assert (Message.objects.filter(kind="answer").count(), Question.objects.get().status) == (1, "in_review")


def test_an_answer_to_a_question_that_moved_on_leaves_nothing(in_review, now):
    question, first = in_review(), Question.objects.get()
    moves.move(first, "changes_requested", by=SUPERVISOR, now=now)
    with pytest.raises(Stale), transaction.atomic():
        deliver(question, now)
    assert Message.objects.filter(kind="answer").count() == 0
    assert Round.objects.get().answered_at is None


def test_an_asker_with_an_address_is_told_once_a_round(in_review, now):
    question = in_review(email="someone@example.org")
    deliver(question, now)
    row = OutboxRow.objects.get()
    assert (row.kind, row.key, row.refs) == (
        "answer-ready",
        f"answer-ready:{question.pk}:1",
        {"subject": question.subject, "round": 1},
    )


def test_an_asker_without_an_address_or_with_a_paused_one_is_told_nothing(in_review, now):
    deliver(in_review(), now)
    question = in_review(email="someone@example.org")
    Contact.objects.update(paused_at=now)
    deliver(question, now)
    assert OutboxRow.objects.count() == 0


def test_a_holding_reply_moves_nothing_and_leaves_room_for_the_answer(in_review, now):
    question = in_review(email="someone@example.org")
    deliver(question, now, kind="holding", to=None, text="We have read it. We are writing to you now.")
    assert (Question.objects.get().status, Round.objects.get().answered_at) == ("in_review", None)
    deliver(question, now)
    assert sorted(OutboxRow.objects.values_list("key", flat=True)) == [
        f"answer-ready:{question.pk}:1",
        f"answer-ready:{question.pk}:1:holding",
    ]


def test_a_clarifying_question_pauses_an_asker_who_can_be_told(in_review, now):
    question, text = in_review(email="someone@example.org"), "Does anyone at home know?"
    digest = prose.digest(text, key=question.key())
    answering.pause(question, text=text, digest=digest, by=SUPERVISOR, now=now)
    assert (Question.objects.get().status, Round.objects.get().paused_at) == ("pending_asker", now)
    assert OutboxRow.objects.get().kind == "clarification"


@pytest.mark.parametrize("reason", ["no address", "paused address", "asked before"])
def test_a_clarifying_question_pauses_nobody_else(in_review, now, reason):
    question, text = in_review(email=None if reason == "no address" else "a@example.org"), "Does anyone know?"
    if reason == "paused address":
        Contact.objects.update(paused_at=now)
    if reason == "asked before":
        Round.objects.update(paused_at=now)
        question = Question.objects.get()
    digest = prose.digest(text, key=question.key())
    assert answering.may_pause(question) is False
    with pytest.raises(Refused) as refusal:
        answering.pause(question, text=text, digest=digest, by=SUPERVISOR, now=now)
    assert str(refusal.value) == ("This asker left no e-mail, or was asked before: put the question inside the answer.")
    assert Question.objects.get().status == "in_review"


@pytest.mark.parametrize("kind", ["answer", "clarification", "holding", "redirect"])
def test_the_database_keeps_nothing_of_ours_without_its_digest(in_review, now, kind):
    turn = in_review().round
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.create(round=turn, kind=kind, text=WORDS, sent_at=now)
