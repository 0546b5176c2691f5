"""The note from one shift to the next."""

from datetime import timedelta

import pytest
from django.db import connection

from advisors.duty import handing_over
from advisors.duty.models import ShiftNote
from askpeer import history
from askpeer.errors import Refused

pytestmark = pytest.mark.django_db


def test_the_newest_note_stands_on_the_board(now, ruth, lead):
    assert handing_over.newest_note() is None
    handing_over.leave_note(text="Two reds tonight.", by=ruth, now=now)
    newest = handing_over.leave_note(text=" All calm. ", by=lead, now=now + timedelta(hours=1))
    note = handing_over.newest_note()
    assert (note, note.text, note.writer) == (newest, "All calm.", lead)
    assert [(entry.kind, entry.facts) for entry in history.of(ruth.name)] == [("shift_note", {})]


def test_it_is_sealed_under_a_key_of_its_own(now, ruth):
    handing_over.leave_note(text="Two reds tonight.", by=ruth, now=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM duty_shiftnote")
        assert b"reds" not in bytes(cursor.fetchone()[0])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (" ", "Write what the next shift should know."),
        ("x" * 1501, "A note can have 1,500 characters at most. This one has 1,501."),
    ],
)
def test_a_note_that_cannot_stand_is_refused(now, ruth, text, sentence):
    with pytest.raises(Refused) as refused:
        handing_over.leave_note(text=text, by=ruth, now=now)
    assert (str(refused.value), ShiftNote.objects.count()) == (sentence, 0)


def test_fifteen_hundred_characters_fit_and_an_advisor_leaves_none(now, ruth, advisor):
    handing_over.leave_note(text="x" * 1500, by=ruth, now=now)
    with pytest.raises(Refused, match="Only a supervisor"):
        handing_over.leave_note(text="Hello.", by=advisor, now=now)
