"""An address opened with a method that it does not take: no blank page, and the choice of language leads on."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from questions.intake.urls import urlpatterns
from tests.factories import ManagerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar", "dutch_offered")]
ACTS = ("reply", "follow-up", "feedback", "consent", "report", "take-down", "close")


def next_of(answer):
    """Where the page's choice of language leads."""
    return re.search(r'name="next" value="(.*?)"', answer.content.decode())[1]


@pytest.mark.parametrize("act", ACTS)
def test_an_act_of_an_asker_answers_with_a_page_that_leads_to_their_question(client, act):
    answer = client.get(f"/my-question/{act}/")
    page = answer.content.decode()
    assert (answer.status_code, answer["Allow"], next_of(answer)) == (405, "POST", "/my-question/")
    assert ('class="crisis' in page, 'class="leave" href="/leave/"' in page) == (True, True)
    assert '<a class="button" href="/my-question/">' in page


def test_no_page_of_askers_lets_the_choice_of_language_lead_to_an_address_that_answers_no_get():
    client, led = Client(enforce_csrf_checks=True), {}
    for name in (f"intake:{pattern.name}" for pattern in urlpatterns):
        path = reverse(name, args=["lonely"] if name.startswith("intake:sugg") else [])
        if (answer := client.post(path)).status_code == 403:
            led[path] = client.get(next_of(answer)).status_code
    assert {f"/my-question/{act}/" for act in ACTS} <= set(led)
    assert 405 not in led.values()


def test_a_choice_of_language_after_a_refused_one_does_not_lead_back_to_itself():
    answer = Client(enforce_csrf_checks=True).post("/i18n/setlang/", {"language": "nl", "next": "/about/"})
    assert (answer.status_code, next_of(answer)) == (403, "/")


def test_the_switch_on_an_error_page_of_a_form_shows_their_page_in_dutch(client):
    answer = client.post("/my-question/follow-up/", {"text": ""})
    chosen = client.post("/i18n/setlang/", {"language": "nl", "next": next_of(answer)}, follow=True)
    assert (chosen.status_code, b'<html lang="nl">' in chosen.content) == (200, True)


@pytest.mark.parametrize("path", ["/manage/risk/try/", "/accounts/email/", "/cards/"])
def test_any_other_address_answers_with_a_page_too(client, settings, path):
    settings.SECOND_FACTOR = False
    client.force_login(ManagerFactory())
    answer = client.get(path) if path.startswith("/manage/") else client.post(path)
    assert (answer.status_code, bool(answer["Allow"])) == (405, True)
    assert "<h1>This page doesn't open that way</h1>" in answer.content.decode()


def test_a_head_has_no_body(client):
    assert (client.head("/my-question/reply/").status_code, client.head("/my-question/reply/").content) == (405, b"")


def test_a_program_gets_no_page(client):
    answer = client.post("/api/v1/docs/")
    assert (answer.status_code, b"<h1>" in answer.content) == (405, False)
