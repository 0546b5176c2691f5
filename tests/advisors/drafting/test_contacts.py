"""Ways to reach somebody that stand in a draft: a service's own pass, a person's are found."""

import time

import pytest

from advisors.drafting import contacts
from askpeer import prose
from questions.models import Signpost

pytestmark = pytest.mark.django_db


@pytest.fixture
def listed():
    """Two services of the directory, with every kind of way in."""
    line = Signpost.objects.create(slug="line", name="A line", summary="x", url="https://www.line.example/start")
    line.channels.create(kind="phone", value="0808 2000 247")
    line.channels.create(kind="phone", value="116 123")
    line.channels.create(kind="email", value="Jo@line.example")
    line.channels.create(kind="text", value="Text HELP to 85258")
    line.channels.create(kind="web", value="https://chat.other.example/now")
    Signpost.objects.create(slug="bare", name="No site", summary="x")


def found(text):
    return [(way.kind, way.text) for way in contacts.strangers(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Ring 0808 2000 247.",
        "Ring 08082000247, any day.",
        "Ring (0808) 2000-247 (9 to 5).",
        "Ring +44 808 2000 247 or 0044 (0)808 2000 247.",
        "Ring 0808 2000 247 24 hours a day.",
        "0808 2000 247 / 116 123",
        "Open 24/7 0808 2000 247",
        "Samaritans: 116 123",
        "Write to jo@line.example or JO@LINE.EXAMPLE.",
        "Text HELP to 85258.",
        "[their site](https://line.example/a?b=1) and https://www.line.example.",
        "https://help.line.example/chat, https://CHAT.other.example/",
    ],
)
def test_a_services_own_ways_are_no_finding_however_they_are_written(listed, text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("Mine is 07700 900123.", "07700 900123"),
        ("07700.900.123", "07700.900.123"),
        ("+44 7700 900123", "+44 7700 900123"),
        ("0470/12.34.56", "0470/12.34.56"),
        ("tel07700900123", "07700900123"),
        ("07700 116 123", "07700 116 123"),
        ("0808 2000 248", "0808 2000 248"),
        ("116 123 07700 900123", "116 123 07700 900123"),
        ("me@mail.example", "me@mail.example"),
        ("sam@line.example", "sam@line.example"),
        ("I am @sam_b", "@sam_b"),
        ("my snapchat is sam.b", "sam.b"),
    ],
)
def test_a_persons_own_number_address_or_name_is_found(listed, text, way):
    assert found(text) == [("person", way)]


@pytest.mark.parametrize(
    "text",
    [
        "16-11-2026 10:30",
        "2026-11-16 10:30 to 2026-11-17 12:45",
        "Count 1 2 3 4 5 6 7 8 9 10.",
        "Year 9, 13-15, 100 to 350 words",
        "1" * 16,
        "",
    ],
)
def test_dates_and_counting_are_no_numbers(text):
    assert found(text) == []


@pytest.mark.parametrize(
    "link",
    [
        "https://elsewhere.example/",
        "https://line.example.elsewhere.example",
        "https://www.line.example@elsewhere.example/",
        "https://notline.example",
        "www.elsewhere.example",
        "https://line.exampl\u0435/",  # its last letter is Cyrillic
    ],
)
def test_a_link_to_a_host_that_is_not_listed_is_found(listed, link):
    assert [kind for kind, _ in found(f"Look at {link} please")] == ["link"]


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("[x](javascript:alert)", "javascript:alert"),
        ("[x]( <JaVaScRiPt:alert> )", "JaVaScRiPt:alert"),
        ("[x](javascript&#58;alert)", "javascript&#58;alert"),
        ("[x](//line.example)", "//line.example"),
        ("[x](data:text/html;base64,eA==)", "data:text/html;base64,eA=="),
        ("[x](tel:116123)", "tel:116123"),
        ("![x](a.png)", "a.png"),
        ("<javascript:alert>", "javascript:alert"),
        ("See [x].\n\n[x]: vbscript:x", "vbscript:x"),
    ],
)
def test_a_link_that_would_be_taken_out_is_found(text, target):
    assert set(found(text)) == {("odd", target)}


def test_without_any_way_the_directory_is_not_read(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert contacts.strangers("Hi you. It sounds hard.") == []
    with django_assert_num_queries(2):
        assert len(contacts.strangers("07700 900123")) == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_the_directory_costs_the_same_for_one_and_for_three(rows, django_assert_num_queries):
    for number in range(rows):
        row = Signpost.objects.create(slug=f"s{number}", name="x", summary="x", url=f"https://s{number}.example")
        row.channels.create(kind="phone", value=f"0800 000 00{number}")
    with django_assert_num_queries(2):
        known = contacts.directory()
    assert (len(known.numbers), len(known.hosts)) == (rows, rows)


@pytest.mark.parametrize(
    "piece", ["07700 900123 ", "1 ", "0 ", "[", "](", "<a:", "@a1 ", "www.a ", "a@b.c ", "+(", "[x]: "]
)
def test_twenty_thousand_characters_of_anything_are_read_in_a_moment(piece):
    began = time.process_time()
    contacts.strangers(piece * (20_000 // len(piece)))
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("_https://elsewhere.example/zed_", ("link", "https://elsewhere.example/zed_")),
        ("insta: _zed_99", ("person", "_zed_99")),
        ("elsewhere.example/zed", ("link", "elsewhere.example/zed")),
        ("07700\u200d 900123", ("person", "07700 900123")),
        ("0770&#48; 900123", ("person", "07700 900123")),
        ("my insta is &#64;zed", ("person", "@zed")),
        ("zed&#64;mail.example", ("person", "zed@mail.example")),
        ("[x][1]\n\n[1]: <https\\://elsewhere.example>", ("link", "https://elsewhere.example")),
    ],
)
def test_a_way_that_shows_only_to_who_reads_it_is_found(listed, text, way):
    ways = contacts.strangers(text, prose.as_read(text))
    assert way in [(one.kind, one.text) for one in ways]


@pytest.mark.parametrize(
    "text", ["Mine is *07700 900123*", "**zed@mail.example**", "[a](https://elsewhere.example/a_b)", "_@zed_99_"]
)
def test_a_way_that_shows_in_both_forms_is_found_once(listed, text):
    assert len(contacts.strangers(text, prose.as_read(text))) == 1


@pytest.mark.parametrize("text", ["line.example/start", "help.line.example/a", "_jo@line.example_", "at 7.30pm/8pm"])
def test_a_service_is_known_without_the_beginning_of_its_address(listed, text):
    assert contacts.strangers(text, prose.as_read(text)) == []
