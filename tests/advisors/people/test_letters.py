"""No letter of a house full of questions says which one it is about, whatever it is sent for."""

from datetime import UTC

import pytest
from django.core import mail

from askpeer import outbox
from askpeer.mail import Mail
from askpeer.models import OutboxRow
from questions.models import Question, Topic
from tests.advisors import staffed

pytestmark = pytest.mark.django_db


@pytest.fixture
def letters(calendar, now, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    staffed.build(now)
    OutboxRow.objects.filter(state="dead").delete()
    for question in Question.objects.exclude(status="withdrawn"):
        for kind in ("answer-ready", "clarification", "late", "red-question", "safety-report"):
            Question.objects.filter(pk=question.pk).update(level="red")
            refs = {"subject": question.subject, "round": 1}
            outbox.put(kind, key=f"{kind}:{question.pk}", refs=refs, now=now)
    outbox.relay(now=now)
    return mail.outbox


def test_no_letter_holds_a_question_its_words_or_its_topic(letters):
    ids = [form for pk in Question.objects.values_list("pk", flat=True) for form in (str(pk), pk.hex)]
    hidden = [*ids, staffed.MARK, *Topic.objects.values_list("label", flat=True), "lunch", "school"]
    said = [f"{letter.subject}\n{letter.body}" for letter in letters]
    assert [(word, text) for word in hidden for text in said if word in text] == []
    sent = set(OutboxRow.objects.filter(state="sent").values_list("kind", flat=True))
    assert sent >= {"answer-ready", "late", "red-question", "staff-alert", "safety-report", "support-call", "concern"}


def test_every_letter_has_an_identity_of_its_own_that_comes_from_its_row_alone(letters):
    found = [letter.extra_headers["Message-ID"] for letter in letters]
    assert len(found) == len(set(found)) > 0
    rows = OutboxRow.objects.filter(state="sent")
    keys = [f"{row.key} {row.created_at.astimezone(UTC).isoformat()}" for row in rows]
    assert set(found) <= {Mail("", "", "", key).message_id() for key in keys}
