"""Bringing a backup back on PostgreSQL, where nothing else would notice that the service still runs."""

import pytest
from django.db import connection

from askpeer import backups
from askpeer.errors import Refused
from questions.models import Message
from tests.factories import make_question

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgresql,  # SQLite's file says by itself that it is in use
]


def test_a_database_that_the_service_is_connected_to_is_left_alone(calendar, now, tmp_path):
    make_question(now=now, text="Mine.")
    backups.save(tmp_path / "backup")
    make_question(now=now, text="Later.")
    serving = connection.copy("serving")
    serving.ensure_connection()
    try:
        with pytest.raises(Refused, match=r"^Something still uses the database\. Stop the service first\.$"):
            backups.load(tmp_path / "backup")
    finally:
        serving.close()
    assert (sorted(message.text for message in Message.objects.all()), backups.is_under_way()) == (
        ["Later.", "Mine."],
        False,
    )
    backups.load(tmp_path / "backup")
    assert [message.text for message in Message.objects.all()] == ["Mine."]
