from datetime import timedelta

import pytest
from django.db import IntegrityError, connection

from questions import sweeping
from questions.intake import asking
from questions.models import Question
from questions.partners import idempotency, keys
from questions.partners.models import IdempotencyRecord
from tests.factories import NOW
from tests.questions.partners.conftest import Caller

pytestmark = pytest.mark.django_db
ASKED = {"text": "I eat my lunch alone.", "age_band": "13-15"}
KEY = {"Idempotency_Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}


def test_the_same_request_again_gets_the_same_answer_and_makes_no_second_question(api):
    first = api.post("questions/", ASKED, **KEY)
    second = api.post("questions/", dict(reversed(ASKED.items())), **KEY)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert (first.get("Idempotent-Replay"), second.get("Idempotent-Replay")) == (None, "true")
    assert Question.objects.count() == 1


def test_without_a_key_each_request_is_a_question(api):
    assert api.post("questions/", ASKED).json()["id"] != api.post("questions/", ASKED).json()["id"]


def test_the_same_key_with_another_body_is_refused(api):
    api.post("questions/", ASKED, **KEY)
    response = api.post("questions/", ASKED | {"text": "Something else."}, **KEY)
    assert (response.status_code, response.json()["type"]) == (422, "/api/v1/docs/#idempotency-key-reused")
    assert Question.objects.count() == 1


def test_two_partners_may_use_the_same_key(api, other):
    assert api.post("questions/", ASKED, **KEY).json()["id"] != other.post("questions/", ASKED, **KEY).json()["id"]


def test_a_partners_other_key_cannot_open_the_record_and_makes_no_second_question(api, partner, client):
    api.post("questions/", ASKED, **KEY)
    second = Caller(client, keys.issue(partner=partner, scopes=["ask"], now=NOW))
    assert second.post("questions/", ASKED, **KEY).status_code == 422
    assert Question.objects.count() == 1


def test_what_was_refused_can_be_sent_again_under_the_same_key(api):
    assert api.post("questions/", {"age_band": "13-15"}, **KEY).status_code == 422
    assert api.post("questions/", ASKED, **KEY).status_code == 201


def test_the_record_holds_neither_key_nor_words_nor_receipt(api):
    receipt = api.post("questions/", ASKED, **KEY).json()["receipt"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM partners_idempotencyrecord")
        cells = [cell if isinstance(cell, bytes | memoryview) else str(cell).encode() for cell in cursor.fetchone()]
    row = b" ".join(bytes(cell) for cell in cells)
    assert [needle in row for needle in (KEY["Idempotency_Key"].encode(), b"lunch", receipt.encode())] == [False] * 3


def test_the_record_dies_with_the_question(api, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    receipt = api.post("questions/", ASKED, **KEY).json()["receipt"]
    assert api.post("questions/erase/", {"receipt": receipt}).status_code == 200
    assert IdempotencyRecord.objects.count() == 0


@pytest.mark.parametrize("key", ["", "x" * 256, "naïve", "a\x7fb"])
def test_a_key_that_cannot_be_used_is_refused(api, key):
    response = api.post("questions/", ASKED, Idempotency_Key=key)
    assert (response.status_code, response.json()["detail"]) == (
        422,
        "An Idempotency-Key is 1 to 255 printable ASCII characters.",
    )
    assert Question.objects.count() == 0


def ticket(partner, secret):
    return idempotency.ticket(partner=partner, secret=secret, idempotency_key="once", body=ASKED)


def test_the_second_of_two_at_once_gets_the_firsts_answer_and_leaves_no_question(partner, secret):
    """Both looked before either had written: the second goes on as if there were no record."""

    def act(mark):
        return asking.ask(**ASKED, now=NOW, partner=partner).question, {"mark": mark}

    once = idempotency.once(ticket(partner, secret), now=NOW, act=lambda: act("first"))
    again = idempotency.first(ticket(partner, secret), now=NOW, act=lambda: act("second"))
    question = Question.objects.get()
    assert (once, again) == ((question, {"mark": "first"}, False), (question, {"mark": "first"}, True))


def test_another_broken_constraint_is_not_taken_for_a_repeat(partner, secret):
    def act():
        raise IntegrityError("another")

    with pytest.raises(IntegrityError, match="another"):
        idempotency.once(ticket(partner, secret), now=NOW, act=act)


def test_the_record_goes_after_seventy_two_hours(api):
    api.post("questions/", ASKED, **KEY)
    sweeping.purge(now=NOW + timedelta(hours=72) - timedelta(seconds=1))
    assert IdempotencyRecord.objects.count() == 1
    sweeping.purge(now=NOW + timedelta(hours=72))
    assert IdempotencyRecord.objects.count() == 0


def test_after_72_hours_the_key_is_a_new_one_also_before_the_purge(api):
    first = api.post("questions/", ASKED, **KEY).json()["id"]
    kept = IdempotencyRecord.objects.get()
    IdempotencyRecord.objects.update(made_at=kept.made_at - timedelta(hours=73))
    second = api.post("questions/", ASKED, **KEY)
    assert (second.status_code, second.get("Idempotent-Replay")) == (201, None)
    assert second.json()["id"] != first
    assert (Question.objects.count(), IdempotencyRecord.objects.count()) == (2, 1)
