"""What is left in the files once an asker has erased a question: not the key that opened it."""

import sqlite3
from uuid import UUID

import pytest

from tests.journeys.people import cast
from tests.journeys.service import until

pytestmark = pytest.mark.journey

QUESTION = "I broke the blue vase and said that it was the cat."


def test_the_key_of_an_erased_question_is_in_no_file(service):
    people = cast(service)
    people.asker.ask(QUESTION)
    pk = people.sana.pass_on(QUESTION)
    key = key_of(service, pk)
    assert holding(service, key) != []

    people.asker.open()
    people.asker.browser.submit(people.asker.browser.open("/my-question/erase/"), "Erase it")
    until(lambda: not holding(service, key), what="the key to leave the files")
    assert key_of(service, pk) is None
    assert f"question:{pk}" in (service.home / "ledger" / "erased.txt").read_text()


def key_of(service, pk):
    """The wrapped key as the database keeps it."""
    connection = sqlite3.connect(service.home / "askpeer.sqlite3")
    try:
        rows = connection.execute("SELECT wrapped_key FROM questions_question WHERE id = ?", [UUID(pk).hex])
        return rows.fetchone()[0]
    finally:
        connection.close()


def holding(service, key):
    """The names of the files with these bytes."""
    return [name for name, content in service.files().items() if key in content]
