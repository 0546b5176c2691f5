"""English and Dutch: the catalogue, who is answered in which, and moments as Dutch says them."""

import gettext
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import translation

from askpeer import prose, receipts
from askpeer.errors import Erased, Refused, Stale
from questions import moves, states
from questions.intake import asking, helping, notices, sentences
from questions.models import Question, Signpost, SignpostChannel, Topic
from questions.partners import keys
from questions.partners.models import Partner
from tests.factories import NOW, make_question
from tests.questions import catalogue

D = "donderdag 19 november om 18.00 uur"
SENTENCES = {
    "new": f"We hebben je vraag. We beloofden je een antwoord, uiterlijk {D}.",
    "open": "We hebben je vraag gelezen. Hierna gaat een adviseur ermee aan de slag. "
    f"Je antwoord komt nog altijd uiterlijk {D}.",
    "in_progress": f"Een adviseur schrijft nu je antwoord. Het komt nog altijd uiterlijk {D}.",
    "pending_asker": "We moeten je één ding vragen. Er is geen haast. Horen we niets vóór zaterdag 21 november om "
    "11.00 uur, dan schrijven we met wat we weten.",
    "in_review": "Je antwoord is geschreven. Iemand die weet hoe je jongeren veilig houdt, kijkt het nu na. "
    f"Het komt uiterlijk {D}.",
    "changes_requested": "Je antwoord is bijna klaar. We maken het nog beter voor jij het ziet. "
    f"Het komt uiterlijk {D}.",
    "answered": "Je antwoord is er.",
    "redirected": "Dit is belangrijk, en jij verdient iemand die er meer van weet dan wij. "
    "Hier lees je wie dat is, en wat er gebeurt als je contact opneemt.",
    "closed": "Deze vraag is gesloten. Je kan je antwoord nog lezen tot zondag 14 februari, of het nu wissen.",
    "withdrawn": "Je vraag is gewist. We kunnen ze niet terughalen. Je kan altijd een nieuwe vraag stellen.",
}


@pytest.fixture
def dutch():
    with translation.override("nl"):
        yield


def test_the_catalogue_holds_what_the_code_and_the_templates_ask_for_and_nothing_else():
    kept = {(entry.english, entry.plural) for entry in catalogue.entries()[1:]}
    assert kept == catalogue.asked_for()


def test_every_message_is_translated_and_none_is_a_guess():
    bare = [entry.english for entry in catalogue.entries() if "fuzzy" in entry.flags or not all(entry.dutch)]
    assert bare == []
    assert [entry.english for entry in catalogue.entries() if entry.plural and len(entry.dutch) != 2] == []


def test_only_names_and_shared_words_are_the_same_in_both_languages():
    same = sorted(entry.english for entry in catalogue.entries()[1:] if entry.english in entry.dutch)
    assert same == [
        "Chat",
        "Chat online",
        "Cookies",
        "Forum",
        "Privacy",
        "Wales",
        "askpeer",
        "{number} {month} {year}",
        "{weekday} {number} {month}",
    ]


def test_every_translation_keeps_its_placeholders():
    def places(text):
        return sorted(re.findall(r"%\(\w+\)[sd]|\{\w+\}", text))

    entries = [entry for entry in catalogue.entries()[1:] if "no-python-brace-format" not in entry.flags]
    lost = [entry.english for entry in entries for text in entry.dutch if places(text) != places(entry.english)]
    assert lost == []


def test_no_translation_shouts_or_names_a_number_to_ring():
    texts = [text for entry in catalogue.entries()[1:] for text in entry.dutch]
    assert [text for text in texts if "!" in text or re.search(r"\d{3}", text)] == []


def test_the_header_names_the_language_and_nobody():
    header = catalogue.entries()[0].dutch[0].splitlines()
    assert [line.split(":")[0] for line in header] == [
        "Project-Id-Version",
        "Report-Msgid-Bugs-To",
        "POT-Creation-Date",
        "Language",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
        "Plural-Forms",
    ]
    assert header[3] == "Language: nl"


def test_the_compiled_file_says_what_the_readable_one_says():
    with (catalogue.FOLDER / "django.mo").open("rb") as compiled:
        messages = gettext.GNUTranslations(compiled)
    written = {}
    for entry in catalogue.entries()[1:]:
        for number, text in enumerate(entry.dutch):
            written[(entry.english, number) if entry.plural else entry.english] = text
    assert {english: dutch for english, dutch in messages._catalog.items() if english} == written


@pytest.mark.django_db
@pytest.mark.parametrize("status", states.STATUSES)
def test_each_status_has_its_dutch_sentence(calendar, now, dutch, status):
    question = make_question(now=now)
    question.status = status
    assert sentences.status_text(question, now=now, calendar=calendar) == SENTENCES[status]


@pytest.mark.django_db
def test_a_broken_promise_is_owned_up_to_in_dutch(calendar, now, dutch):
    question, late = make_question(now=now), datetime(2026, 11, 19, 18, tzinfo=UTC)
    question.round.redated_at = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
    assert sentences.status_text(question, now=late, calendar=calendar) == (
        f"We zeiden {D}. Dat is niet gelukt. Het is onze fout, niet die van jou, en je vraag is niet verloren. "
        "Je antwoord is er uiterlijk vrijdag 20 november om 12.30 uur."
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("utc", "said", "soon"),
    [
        (datetime(2026, 7, 1, 17, tzinfo=UTC), "woensdag 1 juli om 18.00 uur", "woensdag 18.00 uur"),
        (datetime(2026, 7, 1, 8, 5, tzinfo=UTC), "woensdag 1 juli om 9.05 uur", "woensdag 9.05 uur"),
        (datetime(2026, 12, 1, 12, tzinfo=UTC), "dinsdag 1 december om 12.00 uur", "dinsdag 12.00 uur"),
        (datetime(2026, 12, 2, 0, tzinfo=UTC), "dinsdag 1 december om 24.00 uur", "dinsdag 24.00 uur"),
        (datetime(2026, 12, 2, 0, 30, tzinfo=UTC), "woensdag 2 december om 0.30 uur", "woensdag 0.30 uur"),
    ],
)
def test_moments_are_said_as_dutch_says_them(calendar, dutch, utc, said, soon):
    assert (sentences.moment(utc), sentences.soon(utc, now=utc - timedelta(days=5))) == (said, soon)
    assert sentences.soon(utc, now=utc - timedelta(days=6)) == said


def test_numbers_in_a_refusal_are_grouped_as_each_language_does(dutch):
    with pytest.raises(Refused) as refusal:
        asking.fitting("x" * 3001, limit=3000)
    assert str(refusal.value) == (
        "Er is plaats voor 3.000 tekens. Dit zijn er 3.001. Er is niets verloren: maak het korter."
    )
    with translation.override("en"), pytest.raises(Refused) as refusal:
        asking.fitting("x" * 3001, limit=3000)
    assert str(refusal.value) == (
        "There is room for 3,000 characters. This has 3,001. Nothing is lost: make it shorter."
    )


@pytest.mark.django_db
def test_what_the_ground_and_the_first_floor_refuse_is_said_in_dutch(calendar, dutch):
    with pytest.raises(Refused) as odd:
        prose.canonical("a\0b")
    with pytest.raises(Refused) as late:
        moves.check_move("closed", "new", by=moves.ASKER)
    assert [str(odd.value), str(late.value), str(Stale()), str(Erased())] == [
        "Er staat een teken in je tekst dat we niet kunnen bewaren. Typ dat stukje nog eens.",
        "Dat kan niet meer: de vraag staat al verder.",
        "Iemand anders was net iets sneller. Zo staat het er nu voor.",
        "Dit is gewist.",
    ]


@pytest.mark.django_db
def test_rows_kept_for_every_reader_speak_the_language_of_each(calendar):
    row = Signpost.objects.create(slug="w", name="W", summary="S", country="GB", crisis=True, max_age=18)
    for kind, value in (("phone", "111"), ("web", "https://help.example/")):
        SignpostChannel.objects.create(signpost=row, kind=kind, value=value)
    said = []
    for language in ("en", "nl", "en"):
        with translation.override(language):
            said.append([way.said for helper in helping.for_children() for way in helper.ways])
    assert said == [["111", "Open their website"], ["111", "Open hun website"], ["111", "Open their website"]]


@pytest.mark.django_db
def test_the_switch_in_the_footer_changes_the_language_and_comes_back(client, calendar, dutch_offered):
    assert b'<html lang="en">' in client.get("/about/").content
    response = client.post("/i18n/setlang/", {"language": "nl", "next": "/about/"})
    assert (response.status_code, response.url, response.cookies["l"].value) == (302, "/about/", "nl")
    cookie = response.cookies["l"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", "")
    page = client.get("/about/").content.decode()
    assert '<html lang="nl">' in page
    assert '<button class="link" name="language" value="en" lang="en">English</button>' in page
    assert '<span lang="nl" aria-current="true">Nederlands</span>' in page
    client.post("/i18n/setlang/", {"language": "en", "next": "/about/"})
    assert b'<html lang="en">' in client.get("/about/", headers={"accept-language": "nl"}).content


@pytest.mark.django_db
def test_without_a_choice_the_browsers_language_counts_and_another_one_gets_english(client, calendar, dutch_offered):
    spoken = [client.get("/about/", headers={"accept-language": wish}).content[:40] for wish in ("nl-BE", "fr", "")]
    assert [b'lang="nl"' in head for head in spoken] == [True, False, False]


@pytest.mark.django_db
def test_a_question_asked_in_dutch_is_kept_as_dutch_and_its_mail_is_dutch(client, calendar, dutch_offered, settings):
    settings.SITE_URL = "https://notes.example"
    client.cookies["l"] = "nl"
    with time_machine.travel(NOW, tick=False):
        client.post("/ask/", {"age_band": "13-15"})
        client.post("/ask/words/", {"text": "Ik voel me alleen op mijn nieuwe school."})
        client.post("/ask/check/", {"email": "me@example.org"})
    question = Question.objects.get()
    assert question.language == "nl"
    notices.something_new({"subject": question.subject, "round": 1}, key="answer-ready:1", now=NOW).send()
    (sent,) = mail.outbox
    assert (sent.subject, sent.body) == (
        "Iets nieuws voor jou",
        "Er is iets nieuws voor jou. Open je pagina om het te lezen.\n\nhttps://notes.example/my-question/\n",
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ("nl", SENTENCES["new"]),
        ("nl-BE, en;q=0.5", SENTENCES["new"]),
        ("en", "We've got your question. We promised you an answer by 6pm on Thursday 19 November."),
    ],
)
def test_the_apis_status_sentence_follows_the_language_asked_for(client, calendar, dutch_offered, wish, said):
    partner = Partner.objects.create(name="Harbour Youth", slug="harbour")
    secret, receipt = keys.issue(partner=partner, scopes=["read"], now=NOW), receipts.draw()
    make_question(partner=partner, receipt=receipt, language="en")
    with time_machine.travel(NOW, tick=False):
        response = client.post(
            "/api/v1/questions/read/",
            {"receipt": receipt},
            content_type="application/json",
            headers={"authorization": f"Bearer {secret}", "accept-language": wish},
        )
    assert (response.status_code, response.json()["status_text"]) == (200, said)


@pytest.mark.django_db
def test_topics_stay_in_the_words_they_were_written_in(client, calendar, dutch_offered):
    Topic.objects.create(slug="lonely", label="Lonely")
    client.cookies["l"] = "nl"
    assert b">Lonely</a>" in client.get("/library/").content
