"""A form whose token is missing or old is refused, and gives back what was typed, but nothing that opens a door."""

import pytest
from django.test import Client

from tests.factories import SupervisorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def strict():
    return Client(enforce_csrf_checks=True)


def box(response):
    """What stands in the page's only box, None where there is none."""
    _, found, rest = response.content.decode().partition('<textarea id="typed" rows="10" readonly>')
    return rest.partition("</textarea>")[0] if found else None


@pytest.mark.parametrize(
    ("path", "typed", "given_back"),
    [
        ("/ask/words/", {"text": "I <b>can't</b> sleep.", "topic": "lonely"}, "I &lt;b&gt;can&#x27;t&lt;/b&gt; sleep."),
        ("/ask/words/", {"moment_1": "We moved.", "moment_6": "I said it."}, "We moved.\n\nI said it."),
        ("/my-question/feedback/", {"felt_heard": "yes", "words": "Thank you."}, "Thank you."),
        ("/my-question/", {"receipt": "six words that open the page", "wrote": "And then?"}, "And then?"),
        ("/my-question/", {"receipt": "six words that open the page"}, None),
        ("/accounts/login/", {"login": "sana@askpeer.example", "password": "a secret"}, None),
    ],
)
def test_words_come_back_and_keys_do_not(strict, path, typed, given_back):
    response = strict.post(path, typed)
    assert (response.status_code, box(response)) == (403, given_back)
    assert not any(secret in response.content for secret in (b"open the page", b"a secret"))


def test_a_supervisors_words_come_back_too(strict, settings):
    settings.SECOND_FACTOR = False
    strict.force_login(SupervisorFactory())
    response = strict.post("/review/triage/", {"summary": "Eats alone.", "content_notes": ["bullying"]})
    assert (response.status_code, box(response)) == (403, "Eats alone.")
