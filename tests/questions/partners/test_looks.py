"""A partner's button: the places it stands in, its colour, the lines of HTML, and who came by it."""

import re

import pytest

from askpeer import history
from askpeer.errors import Refused
from questions.partners import looks
from questions.partners.models import Partner
from tests.factories import NOW, SupervisorFactory

pytestmark = pytest.mark.django_db

HOME = "https://www.harbour.example"


@pytest.fixture
def at_home(partner):
    partner.origins = [HOME]
    partner.save()
    return partner


def set_look(partner, *, origins=(), colour=""):
    looks.set_look(partner=partner, origins=origins, colour=colour, by=SupervisorFactory(), now=NOW)


@pytest.mark.parametrize(
    ("referer", "is_shown"),
    [
        (HOME, True),
        (f"{HOME}/", True),
        (f"{HOME}/help/page?x=1", True),
        (f"{HOME}:443/", True),
        ("https://WWW.harbour.example/", True),
        ("", False),
        ("http://www.harbour.example/", False),
        (f"{HOME}:8443/", False),
        ("https://harbour.example/", False),
        ("https://evil.example/https://www.harbour.example/", False),
        (f"{HOME}.evil.example/", False),
        ("https://www.harbour.example@evil.example/", False),
        ("https://evil.example\\@www.harbour.example/", False),
        ("https://www.harbour.exаmple/", False),  # with a Cyrillic letter
        ("null", False),
        ("https://[::1/", False),
        (f"{HOME}:99999/", False),
        ("x" * 100_000, False),
    ],
)
def test_the_look_is_shown_to_who_comes_from_exactly_a_place_of_the_list(at_home, referer, is_shown):
    assert looks.arrived("harbour", referer=referer) == ("harbour", is_shown, False)


@pytest.mark.parametrize("slug", ["", "nobodys", "harbour ", "HARBOUR/..", "х" * 40, "a" * 41, "har\0bour"])
def test_a_slug_that_is_nobodys_brings_nobody(at_home, slug):
    assert looks.arrived(slug, referer=HOME) == ("", False, False)


def test_a_partner_that_has_ended_shows_no_look_and_its_advisors_are_kept_away_all_the_same(at_home):
    Partner.objects.update(active=False)
    assert looks.arrived("harbour", referer=HOME) == ("harbour", False, False)


def test_who_came_by_no_button_costs_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert looks.arrived("", referer=HOME) == ("", False, False)


def test_places_are_kept_as_a_browser_says_them_each_once(partner):
    set_look(partner, origins=["https://Www.Harbour.Example/", "", f"  {HOME}:443  ", "https://x.example:8443"])
    partner.refresh_from_db()
    assert partner.origins == [HOME, "https://x.example:8443"]
    assert [(entry.kind, entry.facts) for entry in history.of(f"partner:{partner.pk}")] == [("look set", {})]


def test_a_machine_of_ones_own_may_be_a_place_without_a_certificate(partner):
    set_look(partner, origins=["http://localhost:3000", "http://127.0.0.1"])
    assert partner.origins == ["http://localhost:3000", "http://127.0.0.1"]


@pytest.mark.parametrize(
    "line",
    [
        "www.harbour.example",
        "http://www.harbour.example",
        f"{HOME}/page",
        f"{HOME}?x=1",
        f"{HOME}#top",
        "https://*.harbour.example",
        "https://user@harbour.example",
        "https://",
        "javascript:alert(1)",
        "https://harbour.example:no",
        "https://bücher.example",
        "*",
        "null",
    ],
)
def test_what_is_no_place_is_refused_and_nothing_changes(at_home, line):
    with pytest.raises(Refused, match="^" + re.escape(looks.NOT_AN_ORIGIN + line)):
        set_look(at_home, origins=[HOME, line])
    at_home.refresh_from_db()
    assert at_home.origins == [HOME]


def test_there_is_room_for_ten_places(partner):
    places = [f"https://place-{number}.example" for number in range(11)]
    set_look(partner, origins=places[:10])
    with pytest.raises(Refused, match=r"^There is room for 10 places\. These are 11\.$"):
        set_look(partner, origins=places)


def test_a_colour_is_kept_in_small_letters_and_an_empty_one_is_ours(partner):
    set_look(partner, colour=" #5A1E8C ")
    assert partner.colour == "#5a1e8c"
    assert looks.stylesheet(partner) == (
        "@media (prefers-color-scheme: light) { :root { --teal: #5a1e8c; --teal-deep: #431669; } }\n"
    )
    set_look(partner)
    assert (partner.colour, looks.stylesheet(partner)) == ("", "")


@pytest.mark.parametrize(
    ("colour", "sentence"),
    [
        ("#fff", "Write the colour as # and six digits from 0 to f, such as #0b5d5b."),
        ("purple", "Write the colour as # and six digits from 0 to f, such as #0b5d5b."),
        ("#12345g", "Write the colour as # and six digits from 0 to f, such as #0b5d5b."),
        ("#0b5d5b;}", "Write the colour as # and six digits from 0 to f, such as #0b5d5b."),
        (
            "#888888",
            (
                "This colour is too light to read: it stands out 2.7 to 1 on our pages, and needs 4.5 to 1. "
                "Choose a darker one."
            ),
        ),
    ],
)
def test_a_colour_that_nobody_could_read_is_refused(partner, colour, sentence):
    with pytest.raises(Refused) as refusal:
        set_look(partner, colour=colour)
    assert str(refusal.value) == sentence


def test_our_own_colour_and_what_it_stands_on_are_those_of_the_stylesheet():
    css = (looks.settings.BASE_DIR / "askpeer/static/askpeer/app.css").read_text()
    light = css.partition("@media")[0]
    said = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    assert said["teal"] == looks.TEAL
    names = ("paper", "field", "tint-teal", "tint-clay", "tint-amber", "tint-sand", "wash-teal")
    assert tuple(said[name] for name in names) == looks.GROUNDS


def test_black_on_white_stands_out_21_to_1():
    assert round(looks._contrast("#000000", "#ffffff"), 2) == 21


def test_the_lines_of_html_ask_for_nothing_by_themselves(partner, settings):
    settings.SITE_URL = "https://notes.example"
    partner.colour = "#5a1e8c"
    assert looks.snippets(partner) == [
        (
            "The button",
            (
                '<a href="https://notes.example/ask/?from=harbour" referrerpolicy="origin" '
                'style="display:inline-block;padding:12px 20px;border-radius:14px 14px 14px 4px;background:#5a1e8c;'
                'color:#ffffff">Ask a question</a>'
            ),
        ),
        (
            "The search box",
            (
                '<form action="https://notes.example/library/" method="get"><label>Search the answers '
                '<input type="search" name="q"></label> <button>Search</button></form>'
            ),
        ),
    ]


def test_a_school_gets_the_button_alone(partner):
    partner.kind = Partner.Kind.SCHOOL
    assert [snippet.title for snippet in looks.snippets(partner)] == ["The button"]


def test_the_stylesheet_is_public_for_a_minute(client, partner):
    set_look(partner, colour="#5a1e8c")
    response = client.get("/partners/look/harbour.css")
    assert (response.status_code, response["Content-Type"], response["Cache-Control"]) == (
        200,
        "text/css; charset=utf-8",
        "public, max-age=60",
    )
    assert response.content.decode() == looks.stylesheet(partner)
    assert client.get("/partners/look/nobodys.css").status_code == 404
