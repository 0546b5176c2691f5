"""Dutch is there where it is switched on, with Belgium's services; where it is not, nobody is spoken to in it."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from askpeer import receipts
from askpeer.errors import Refused
from askpeer.models import ServiceCalendar
from questions.intake import asking, languages
from questions.intake.forms import AboutForm, nations
from questions.intake.models import OfferedLanguage
from questions.models import Question, Signpost, SignpostChannel
from tests.factories import NOW, TopicFactory, make_question
from tests.questions.intake.conftest import ABOUT, shown
from tests.questions.publication.shelf import published

pytestmark = pytest.mark.django_db
UK = ["GB-ENG", "GB-SCT", "GB-WLS", "GB-NIR"]
BELGIUM = ["BE-VLG", "BE-BRU", "BE-WAL"]


def spoken(response):
    (code,) = re.findall(r'<html lang="(\w+)">', response.content.decode())
    return code, response["Content-Language"]


def crisis_line(response):
    return re.findall(r'<p class="crisis">.*?</p>', response.content.decode(), re.DOTALL)[0]


def numbers(html):
    return re.findall(r'href="tel:(\d+)"', html)


def switch_off():
    row = OfferedLanguage.objects.get()
    row.since = None
    row.save()


@pytest.fixture
def belgium(crisis, dutch_offered):
    """Dutch is on, and Belgium has an emergency number before Awel."""
    Signpost.objects.filter(country="BE").update(position=9)
    row = Signpost.objects.create(slug="112", name="112", country="BE", max_age=120, crisis=True, position=8)
    SignpostChannel.objects.create(signpost=row, kind="phone", value="112")


def test_the_services_own_language_is_always_there_and_first(dutch_offered):
    assert (languages.offered(), languages.country_of("en"), languages.country_of("nl")) == (["en", "nl"], "", "BE")
    assert [languages.is_offered(code) for code in ("en", "nl", "fr")] == [True, True, False]


def test_a_language_switched_off_is_not_offered_and_its_country_is_remembered(dutch_offered):
    switch_off()
    assert (languages.offered(), languages.country_of("nl"), languages.countries()) == (["en"], "BE", [])


def test_a_language_that_our_screens_do_not_speak_is_not_offered():
    OfferedLanguage.objects.create(code="fr", country="BE", since=NOW)
    assert languages.offered() == ["en"]


@pytest.mark.parametrize(("cookie", "wish"), [("nl", ""), ("", "nl-BE, en;q=0.5"), ("nl", "nl")])
def test_a_language_that_is_not_offered_falls_back_to_english(client, calendar, cookie, wish):
    if cookie:
        client.cookies["l"] = cookie
    assert spoken(client.get("/about/", headers={"accept-language": wish})) == ("en", "en")
    OfferedLanguage.objects.create(code="nl", country="BE", since=NOW)
    assert spoken(client.get("/about/", headers={"accept-language": wish})) == ("nl", "nl")
    switch_off()
    assert spoken(client.get("/about/", headers={"accept-language": wish})) == ("en", "en")


@pytest.mark.parametrize(("offered", "code"), [(False, "en"), (True, "nl")])
def test_a_page_too_large_is_refused_in_the_same_language_as_every_other(client, calendar, offered, code):
    if offered:
        OfferedLanguage.objects.create(code="nl", country="BE", since=NOW)
    client.cookies["l"] = "nl"
    response = client.post("/ask/", data=b"x" * (1024 * 1024 + 1), content_type="text/plain")
    assert (response.status_code, spoken(response)) == (413, (code, code))


def test_a_staff_page_too_large_is_refused_in_english(client, calendar, dutch_offered):
    client.cookies["l"] = "nl"
    response = client.post("/desk/", data=b"x" * (1024 * 1024 + 1), content_type="text/plain")
    assert (response.status_code, spoken(response)) == (413, ("en", "en"))


def test_the_switch_stands_where_there_is_something_to_choose(client, calendar):
    assert b'class="tongues"' not in client.get("/about/").content
    OfferedLanguage.objects.create(code="nl", country="BE", since=NOW)
    assert client.get("/about/").content.count(b'name="language" value="nl"') == 1


def test_a_question_is_not_taken_in_a_language_that_nobody_answers_in(calendar, now):
    with pytest.raises(Refused, match="We can't answer in that language yet"):
        asking.ask(text="Hallo", age_band="13-15", language="nl", now=now)
    OfferedLanguage.objects.create(code="nl", country="BE", since=now)
    assert asking.ask(text="Hallo", age_band="13-15", language="nl", now=now).question.language == "nl"


@pytest.fixture
def theirs(calendar):
    """A browser that speaks English and has opened a question asked in Dutch, with no nation said."""
    receipt, browser = receipts.draw(), Client()
    make_question(receipt=receipt, language="nl", nation="", level="amber")
    assert browser.post("/my-question/", {"receipt": receipt}).status_code == 302
    return browser


def test_an_asker_goes_on_in_their_language_after_it_was_switched_off(theirs, belgium):
    assert spoken(theirs.get("/my-question/")) == ("en", "en")
    switch_off()
    page = theirs.get("/my-question/")
    assert (spoken(page), numbers(crisis_line(page))) == (("nl", "nl"), ["112", "102"])
    assert spoken(theirs.get("/my-question/erase/")) == ("nl", "nl")
    assert spoken(theirs.get("/about/")) == ("en", "en")


def test_what_was_just_sent_is_shown_in_the_language_it_was_asked_in(client, calendar, belgium):
    client.cookies["l"] = "nl"
    client.post("/ask/", ABOUT | {"shown": shown(client.get("/ask/"))})
    client.post("/ask/words/", {"text": "Ik eet alleen."})
    assert client.post("/ask/check/", {"email": ""}).url == "/ask/receipt/"
    switch_off()
    assert [spoken(client.get(path))[0] for path in ("/ask/receipt/", "/about/")] == ["nl", "en"]


def test_typed_words_that_waited_for_the_six_words_come_back_in_the_askers_language(client, calendar, dutch_offered):
    switch_off()
    receipt = receipts.draw()
    make_question(receipt=receipt, language="nl")
    page = client.post("/my-question/", {"receipt": receipt, "wrote": "Nog iets", "act": "follow_up"})
    assert (page.status_code, spoken(page)) == (200, ("nl", "nl"))


@pytest.mark.parametrize(
    ("home", "reading", "offered", "listed"),
    [
        ("GB", "en", False, UK),
        ("GB", "en", True, UK + BELGIUM),
        ("GB", "nl", True, BELGIUM + UK),
        ("BE", "en", False, BELGIUM),
        ("FR", "en", False, []),
    ],
)
def test_where_do_you_live_lists_the_readers_country_first(calendar, home, reading, offered, listed):
    ServiceCalendar.objects.update(home=home)
    if offered:
        OfferedLanguage.objects.create(code="nl", country="BE", since=NOW)
    with translation.override(reading):
        assert [code for code, _label in nations()] == ["", *listed, "other"]
        assert AboutForm({"age_band": "13-15", "nation": "BE-WAL"}).is_valid() == ("BE-WAL" in listed)


def test_the_second_first_page_asks_the_database_nothing_in_dutch_either(
    client, calendar, belgium, django_assert_num_queries
):
    client.cookies["l"] = "nl"
    client.get("/ask/")
    with django_assert_num_queries(0):
        page = client.get("/ask/")
    assert page.content.decode().index('value="BE-VLG"') < page.content.decode().index('value="GB-ENG"')


@pytest.mark.parametrize("path", ["/", "/ask/", "/about/", "/library/"])
def test_a_page_shows_the_numbers_of_the_country_of_its_language(client, calendar, belgium, path):
    assert numbers(crisis_line(client.get(path))) == ["999", "08001111"]
    assert numbers(crisis_line(client.get(path, headers={"accept-language": "nl"}))) == ["112", "102"]


def test_the_page_for_children_and_the_landing_page_name_the_same_country(client, calendar, belgium):
    found = {}
    for code in ("en", "nl"):
        pages = [client.get(path, headers={"accept-language": code}).content.decode() for path in ("/ask/young/", "/")]
        found[code] = [sorted(set(numbers(page))) for page in pages]
    assert found == {
        "en": [["08001111", "999"], ["08001111", "999"]],
        "nl": [["102", "112"], ["102", "112"]],
    }


@pytest.mark.parametrize(
    ("nation", "line", "rung"),
    [
        ("", ["112", "102"], {"112", "102"}),
        ("BE-WAL", ["112", "102"], {"112", "102"}),
        ("GB-ENG", ["999", "08001111"], {"999", "08001111"}),
        ("other", [], set()),
    ],
)
def test_a_nation_that_was_said_counts_before_the_pages_language(
    client, calendar, belgium, phrases, nation, line, rung
):
    client.cookies["l"] = "nl"
    with time_machine.travel(NOW, tick=False):
        client.post("/ask/", ABOUT | {"nation": nation, "shown": shown(client.get("/ask/"))})
        client.post("/ask/words/", {"text": "Ik ben niet veilig vannacht."})
        asking_pages = [client.get(path) for path in ("/ask/words/", "/ask/check/")]
        assert client.post("/ask/check/", {"email": ""}).url == "/ask/safe/"
        page, receipt = client.get("/ask/safe/"), client.get("/ask/receipt/")
    assert [numbers(crisis_line(one)) for one in [*asking_pages, receipt]] == [line] * 3
    assert Question.objects.get().level == "red"
    assert (numbers(crisis_line(page)), set(numbers(page.content.decode()))) == (line, rung)


def test_a_search_that_sounds_like_danger_names_the_same_country(client, calendar, belgium, phrases):
    html = client.get("/library/?q=niet+veilig+vannacht", headers={"accept-language": "nl"}).content.decode()
    assert set(numbers(html)) == {"112", "102"}


def test_a_kept_page_of_the_library_is_asked_for_anew_when_its_language_goes(client, calendar, belgium):
    path = f"/library/{published(topic=TopicFactory()).slug}/"
    dutch = {"accept-language": "nl"}
    first = client.get(path, headers=dutch)
    assert [sorted(first["Vary"].split(", ")), first["Cache-Control"]] == [
        ["Accept-Language", "Cookie"],
        "public, max-age=60",
    ]
    known = {"if-none-match": first["ETag"], "if-modified-since": first["Last-Modified"]}
    assert client.get(path, headers=dutch | known).status_code == 304
    switch_off()
    again = client.get(path, headers=dutch | known)
    assert (again.status_code, spoken(again)) == (200, ("en", "en"))


@pytest.mark.parametrize(
    ("at", "named"),
    [
        (datetime(2026, 11, 16, 15, 30, tzinfo=UTC), ["112", "102"]),  # Monday, 16.30 in Brussels
        (datetime(2026, 11, 16, 14, 30, tzinfo=UTC), ["112", "106"]),
        (datetime(2026, 11, 18, 13, 30, tzinfo=UTC), ["112", "102"]),  # Wednesday, 14.30
        (datetime(2026, 11, 22, 15, 30, tzinfo=UTC), ["112", "106"]),  # Sunday
    ],
)
def test_the_line_names_somebody_who_answers_at_this_hour_of_their_own_clock(client, calendar, belgium, at, named):
    SignpostChannel.objects.filter(value="102").update(awake=[[16, 22, [0, 1, 2, 3, 4, 5]], [14, 16, [2]]])
    row = Signpost.objects.create(slug="106", name="Tele-Onthaal", country="BE", max_age=120, crisis=True, position=10)
    SignpostChannel.objects.create(signpost=row, kind="phone", value="106")
    with time_machine.travel(at, tick=False):
        assert numbers(crisis_line(client.get("/about/", headers={"accept-language": "nl"}))) == named
