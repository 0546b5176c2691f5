"""What the database refuses by itself, when every verb before it has failed."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from advisors.signoff.models import Approval
from askpeer import rotating, triggers, vault
from questions import erasing
from questions.models import Contact, Message, Question, Reminder
from questions.moves import ASKER
from tests.factories import make_question
from tests.interleaving import before

pytestmark = pytest.mark.django_db


def refused(act):
    """Whether the database said no."""
    try:
        with transaction.atomic():
            act()
    except IntegrityError:
        return True
    return False


def test_a_rung_rung_twice_is_one_row(calendar, now):
    question = make_question(now=now)
    rung = {"question": question, "round_number": 1, "stage": 1, "kind": "half", "due_at": now}
    Reminder.objects.create(made_at=now, **rung)
    assert refused(lambda: Reminder.objects.create(made_at=now + timedelta(hours=1), **rung))
    assert Reminder.objects.count() == 1


def test_a_second_answer_in_a_round(calendar, now):
    turn = make_question(now=now).round
    answer = {"round": turn, "kind": "answer", "text": "Hello.", "html": "<p>Hello.</p>", "digest": b"d" * 32}
    Message.objects.create(sent_at=now, **answer)
    assert refused(lambda: Message.objects.create(sent_at=now, **answer))
    assert Message.objects.filter(kind="answer").count() == 1


@pytest.mark.parametrize("column", ["wrapped_key", "receipt_digest"])
def test_an_erased_question_that_gets_its_key_or_its_receipt_back(calendar, now, settings, tmp_path, column):
    settings.LEDGER = tmp_path / "erased.txt"
    question = make_question(now=now)
    erasing.erase(question, by=ASKER, now=now)
    assert refused(lambda: Question.objects.filter(pk=question.pk).update(**{column: b"k" * 32}))
    assert getattr(Question.objects.get(), column) is None


@pytest.fixture
def untriggered():
    triggers.drop(["signoff_approval"])
    yield
    triggers.install(Approval._meta.app_config)


def test_an_approval_of_ones_own_words(in_review, untriggered):
    draft = in_review()
    version = draft.versions.get(number=1)
    own = {"version": version, "writer": version.writer, "approver": version.writer, "digest": b"d" * 32}
    assert refused(lambda: Approval.objects.create(at=version.saved_at, **own))
    assert Approval.objects.count() == 0


def test_a_key_that_was_re_wrapped_meanwhile_is_left_as_it_is(calendar, now, settings):
    settings.KEKS = {"first": b"1" * 32}
    contact = Contact.objects.get(question=make_question(now=now, email="a@example.org"))
    settings.KEKS = {"second": b"2" * 32, "first": b"1" * 32}
    meanwhile = vault.wrap(contact.key(), keeper=contact.keeper_place)

    def somebody_else():
        Contact.objects.update(wrapped_key=meanwhile)

    with before("UPDATE", "questions_contact", somebody_else):
        assert rotating.rotate()["questions_contact"] == 0
    assert bytes(Contact.objects.get().wrapped_key) == meanwhile


def test_a_key_that_was_erased_meanwhile_does_not_come_back(calendar, now, settings):
    settings.KEKS = {"first": b"1" * 32}
    make_question(now=now, email="a@example.org")
    settings.KEKS = {"second": b"2" * 32, "first": b"1" * 32}
    with before("UPDATE", "questions_contact", lambda: Contact.objects.update(wrapped_key=None)):
        assert rotating.rotate()["questions_contact"] == 0
    assert Contact.objects.values_list("wrapped_key").get() == (None,)
