"""Who may say that it is about the person in charge of safety, and what each page then says."""

import re

import pytest

from questions.intake import kept
from questions.intake.models import WaitingDraft
from questions.models import Question
from tests.factories import TrusteeFactory
from tests.questions.intake.conftest import ABOUT, ask, shown, words_on

pytestmark = pytest.mark.django_db
TICK = 'name="about_lead"'
NOBODY = "Nobody else here can read about that person right now."


@pytest.fixture
def trustee(db):
    return TrusteeFactory()


def read(response):
    return response.content.decode()


@pytest.mark.parametrize("about", [{"about_lead": "on"}, {"about_lead": "on", "about_staff": "on"}])
def test_whoever_ticks_it_is_told_who_reads_it_on_every_page_after(site, clock, trustee, about):
    assert TICK in read(site.get("/ask/"))
    ask(site, about=ABOUT | about)
    question, receipt = Question.objects.get(), site.get("/ask/receipt/")
    assert (question.about_staff, question.about_lead) == (True, True)
    assert "The person in charge of keeping people safe can't read this. A trustee does" in read(receipt)
    assert "Only one person reads this" not in read(receipt)
    site.post("/my-question/", {"receipt": words_on(receipt)})
    page = read(site.get("/my-question/"))
    assert "From now on, a trustee looks after this." in page
    assert "only the person in charge of safety here" not in page


def test_without_a_trustee_nobody_is_offered_it(site, clock):
    assert TICK not in read(site.get("/ask/"))


def test_a_tick_outlasts_the_hour_of_a_draft_and_the_last_trustee(site, clock, trustee):
    about = ABOUT | {"about_staff": "on", "about_lead": "on"}
    site.post("/ask/", about | {"shown": shown(site.get("/ask/"))})
    site.post("/ask/words/", {"text": "He shut the door."})
    type(trustee).objects.update(is_active=False)
    kept.forget()
    WaitingDraft.objects.all().delete()
    site.post("/ask/check/", about | {"text": "He shut the door.", "email": ""})
    page = read(site.get("/ask/"))
    checked = {re.search(r'name="(\w+)"', tag)[1] for tag in re.findall("<input[^>]*>", page) if " checked" in tag}
    assert checked == {"age_band", "wants", "writer", "about_staff", "about_lead"}
    assert NOBODY in read(site.post("/ask/check/", {"email": ""}, follow=True))
    assert not Question.objects.exists()


def test_whoever_sends_it_as_the_last_trustee_left_is_told_and_loses_no_word(site, clock, trustee):
    site.post("/ask/", ABOUT | {"about_lead": "on", "shown": shown(site.get("/ask/"))})
    site.post("/ask/words/", {"text": "He shut the door."})
    type(trustee).objects.update(is_active=False)
    kept.forget()
    page = read(site.post("/ask/check/", {"email": ""}, follow=True))
    assert (NOBODY in page, "He shut the door." in page) == (True, True)
    assert not Question.objects.exists()
    assert TICK in read(site.get("/ask/"))  # and can be taken back
