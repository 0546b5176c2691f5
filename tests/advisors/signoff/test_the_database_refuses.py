"""What raw SQL may not do either, on both databases; and the sentence that the verb for it says before."""

import pytest
from django.db import DatabaseError, connection, transaction

from advisors.drafting.models import DraftVersion
from advisors.signoff import reviewing
from advisors.signoff.models import Approval, Wording
from askpeer.errors import Refused, Stale
from questions.models import Message
from tests.advisors.signoff.conftest import row, waiting
from tests.factories import FINE

pytestmark = pytest.mark.django_db

SIGN = (
    "INSERT INTO signoff_approval (version_id, writer_id, approver_id, digest, at) "
    "SELECT id, {writer}, {approver}, %s, saved_at FROM drafting_draftversion"
)
OTHER = "(SELECT id FROM advisors_person WHERE alias = '{}')"


def raw(statement, params=()):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)


def test_signing_ones_own_version(in_review, now, omar, ruth):
    draft = in_review(by=omar)
    with pytest.raises(Refused, match="You cannot review your own draft"):
        reviewing.approve(draft=draft, number=1, by=omar, now=now, marks=FINE)
    with pytest.raises(DatabaseError, match=r"nobody approves their own words|nobody_approves_their_own"):
        raw(SIGN.format(writer="writer_id", approver="writer_id"), [b"x" * 32])
    assert Approval.objects.count() == 0


def test_a_writer_column_that_lies(in_review, omar, ruth):
    in_review(by=omar)
    lie = SIGN.format(writer=OTHER.format("Ruth"), approver="writer_id")
    with pytest.raises(DatabaseError, match="nobody approves their own words"):
        raw(lie, [b"x" * 32])
    with pytest.raises(DatabaseError, match="nobody approves their own words"):
        raw(SIGN.format(writer=OTHER.format("Ruth"), approver=OTHER.format("Omar")), [b"x" * 32])
    assert Approval.objects.count() == 0


@pytest.mark.parametrize("column", ["writer_id", "approver_id"])
def test_a_signature_that_is_turned_into_the_writers_own(in_review, now, ruth, omar, column):
    reviewing.approve(draft=in_review(level="red"), number=1, by=ruth, now=now, marks=FINE)
    name = "Omar" if column == "writer_id" else "Sam"
    with pytest.raises(DatabaseError, match=r"nobody approves their own words|nobody_approves_their_own"):
        raw(f"UPDATE signoff_approval SET {column} = {OTHER.format(name)}")
    approval = Approval.objects.get()
    assert (approval.writer.alias, approval.approver) == ("Sam", ruth)


@pytest.mark.parametrize("column", ["text", "writer_id", "number"])
def test_a_version_that_is_changed(in_review, now, ruth, column):
    draft = in_review()
    value = {"text": "details", "writer_id": OTHER.format("Ruth"), "number": "2"}[column]
    with pytest.raises(DatabaseError):
        raw(f"UPDATE drafting_draftversion SET {column} = {value}")
    with pytest.raises(Stale, match="There is a newer wording"):
        reviewing.approve(draft=waiting(row(draft)), number=2, by=ruth, now=now, marks=FINE)
    assert DraftVersion.objects.values_list("number", "writer__alias").get() == (1, "Sam")


def test_two_answers_in_one_round(in_review, now, ruth, omar):
    first = in_review()
    second = waiting(row(first))
    reviewing.approve(draft=first, number=1, by=ruth, now=now, marks=FINE)
    with pytest.raises(Stale):
        reviewing.approve(draft=second, number=1, by=omar, now=now, marks=FINE)
    with pytest.raises(DatabaseError, match=r"(?i)unique"):
        raw(
            "UPDATE questions_message SET kind = 'answer', html = '', passed_at = sent_at, "
            "digest = (SELECT digest FROM questions_message WHERE kind = 'answer')"
        )
    assert Message.objects.filter(kind="answer").count() == 1


def test_an_approved_sentence_that_is_changed(ruth, omar):
    row = Wording.objects.create(kind="redirect", code="x", label="X", text="Go.", writer=ruth, approver=omar)
    with pytest.raises(DatabaseError, match="a changed sentence needs a second person again"):
        raw("UPDATE signoff_wording SET text = 'Come.'")
    with pytest.raises(DatabaseError, match="a changed sentence needs a second person again"):
        raw(f"UPDATE signoff_wording SET text = 'Come.', approver_id = {OTHER.format('Ruth')}, writer_id = approver_id")
    raw("UPDATE signoff_wording SET text = 'Come.', approver_id = NULL")
    raw("UPDATE signoff_wording SET text = 'Come here.', position = 2")
    raw(f"UPDATE signoff_wording SET approver_id = {OTHER.format('Omar')}, label = 'Y'")
    row.refresh_from_db()
    assert (row.text, row.approver, row.position, row.label) == ("Come here.", omar, 2, "Y")
