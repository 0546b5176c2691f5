import time

import pytest

from askpeer import details


def found(text):
    return [(detail.kind, text[detail.start : detail.end]) for detail in details.find(text)]


@pytest.mark.parametrize(
    "number",
    [
        "07700 900123",
        "07700900123",
        "07700-900-123",
        "077 00 90 01 23",
        "+44 7700 900123",
        "+447700900123",
        "+44 (0)7700 900123",
        "0044 7700 900123",
        "(020) 7946 0018",
        "020 7946 0018",
        "01632 960 001",
        "0470 12 34 56",
        "0470/12.34.56",
        "+32 470 12 34 56",
        "+32 2 555 12 12",
    ],
)
def test_a_phone_number_is_found_however_it_is_written(number):
    text = f"call me on {number} after school"
    assert found(text) == [("phone", number)]
    assert details.mask(text) == "call me on [phone number] after school"


@pytest.mark.parametrize(
    ("kind", "detail"),
    [
        ("email", "sam.w+notes@example.org"),
        ("email", "SAM@school.example.co.uk"),
        ("email", "sam_1@example.com"),
        ("postcode", "SW1A 1AA"),
        ("postcode", "sw1a1aa"),
        ("postcode", "M1 1AE"),
        ("postcode", "GIR 0AA"),
        ("link", "https://example.org/me?x=1"),
        ("link", "HTTP://example.org"),
        ("link", "www.example.org/sam"),
        ("handle", "@sam_w.07"),
    ],
)
def test_an_address_a_link_and_a_user_name_are_found(kind, detail):
    text = f"it is {detail} thanks"
    assert found(text) == [(kind, detail)]
    assert details.mask(text) == f"it is {details.MASK[kind]} thanks"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("my snap is sam_w07", "my snap is [user name]"),
        ("Insta: sam.w", "Insta: [user name]"),
        ("discord name is sam#1234", "discord name is [user name]"),
        ("tiktok=sam-w", "tiktok=[user name]"),
        ("add me on whatsapp: sam99", "add me on whatsapp: [user name]"),
    ],
)
def test_a_user_name_is_found_by_the_service_named_before_it(text, masked):
    assert details.mask(text) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("My name is Sam and I am 14", "My name is [name] and I am 14"),
        ("my name's zoë, hi", "my name's [name], hi"),
        ("hi my full name is Ann-Marie Okafor ok", "hi my full name is [name] ok"),
        ("ik heet Lotte en ik ben 14", "ik heet [name] en ik ben 14"),
        (
            "My name is Anna. They shout Anna at me, and annals.",
            "My name is [name]. They shout [name] at me, and annals.",
        ),
        ("my name is\nAnna", "my name is\n[name]"),
        ("I go to Oakfield High School in town", "I go to [school] in town"),
        ("St. Mary's Catholic Academy is where", "[school] is where"),
        ("he teaches at Greenbank Primary.", "he teaches at [school]."),
    ],
)
def test_a_name_and_a_school_that_somebody_says_is_theirs_are_found(text, masked):
    assert details.mask(text) == masked
    assert details.mask(masked) == masked


@pytest.mark.parametrize(
    "text",
    [
        "my name is not on the list",
        "they call me fat",
        "At School it is worse. My High School starts. The School knows.",
        "I hate school and college",
        "Bullied. School knows.",
        "ik heet niet zo",
        "",
        "help",
        "I am 14 and my sister is 11.",
        "since 2024, or maybe 2023 to 2025",
        "it has been 3 weeks and 2 days",
        "he took £20.50 and then 1,250.00 more",
        "I got 7/10 and 85% in maths",
        "on 12/05/2026 at 18:30",
        "999 or 111 or 0800 1111 or 116 123",
        "I owe him 10 000",
        "year 9 in room B12",
        "meet @ the park",
        "i snapped at mum and then insta was full of it",
        "a@b",
    ],
)
def test_ages_dates_amounts_and_help_lines_are_no_details(text):
    assert found(text) == []
    assert details.mask(text) == text


def test_details_come_in_reading_order_and_never_overlap():
    text = "sam@example.org, www.example.org/@sam, 07700 900123 and @sam"
    assert found(text) == [
        ("email", "sam@example.org"),
        ("link", "www.example.org/@sam,"),
        ("phone", "07700 900123"),
        ("handle", "@sam"),
    ]


def test_the_same_detail_twice_is_masked_twice():
    assert details.mask("@sam or @sam") == "[user name] or [user name]"


def test_masking_twice_changes_nothing():
    once = details.mask("write to sam@example.org or 07700 900123, SW1A 1AA, @sam, www.example.org")
    assert details.mask(once) == once


@pytest.mark.parametrize("unit", ["a@", "0 ", "@", "www.", "a.", "insta is ", "07700 900123 "])
def test_a_text_of_200_kb_is_read_to_the_cap_and_cut_there(unit):
    text = unit * (200_000 // len(unit))
    assert details.find(text) == details.find(text[: details.LONGEST])
    assert len(details.mask("x" * details.LONGEST + text)) == details.LONGEST


def test_what_lies_past_the_cap_is_cut_and_not_shown_unread():
    text = "x" * details.LONGEST + " 07700 900123"
    assert details.mask(text) == "x" * details.LONGEST


@pytest.mark.parametrize(
    ("kind", "detail"),
    [
        ("phone", "0770\u200d0 9001\u200b23"),
        ("phone", "０７７００ ９００１２３"),
        ("phone", "0\ufe0f\u20e37\ufe0f\u20e37\ufe0f\u20e300 900123"),
        ("email", "sam\u200d@\u200dexample\u034f.org"),
        ("email", "sam＠example.org"),
        ("postcode", "SW1A\u200d 1A\u200dA"),
        ("link", "ht\u200dtps://example.org"),
        ("handle", "@s\u200dam_w"),
    ],
)
def test_a_detail_with_something_invisible_or_wide_inside_is_found_whole(kind, detail):
    assert found(f"it is {detail} thanks") == [(kind, detail)]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("_https://example.org/me_", "_[link]"),
        ("_SW1A 1AA_", "_[postcode]_"),
        ("_@sam_w", "_[user name]"),
        ("_07700 900123_", "_[phone number]_"),
        ("_My name is Sam_ and _Sam_ it is", "_My name is [name]_ and _[name]_ it is"),
        ("my name is **Sam**", "my name is **[name]**"),
        ("my name is S\u200dam, they call me Sam", "my name is [name], they call me [name]"),
        ("at __Oakfield High School__", "at __[school]__"),
    ],
)
def test_an_underscore_ends_a_word(text, masked):
    assert details.mask(text) == masked


@pytest.mark.parametrize(
    "link",
    ["sam-blog.co.uk", "evil.example.com/sam", "t.me/sam", "SAM.COM", "linktr.ee/sam?x", "a.b.c.d.e.f.com", "sam.be"],
)
def test_an_address_without_its_beginning_is_a_link(link):
    assert found(f"look at {link} now") == [("link", link)]
    assert found(f"look_{link}")[-1][0] == "link"


@pytest.mark.parametrize(
    "text",
    [
        "I was sad.But then it was ok.It is",
        "at 7.30pm/8pm or he/she and/or e.g. this",
        "it hurt.Me too.To be fair",
        "v1.2/3, 3.5km/h, a.m./p.m.",
        "just be.Be kind",
        "example.community",
    ],
)
def test_a_forgotten_blank_makes_no_link(text):
    assert found(text) == []


@pytest.mark.parametrize("unit", ["a.", "a-", "a_b.", "a.com", "a" * 63 + ".", "é.", "\u200d"])
def test_addresses_are_looked_for_in_a_moment(unit):
    began = time.process_time()
    details.find(unit * (20_000 // len(unit)))
    assert time.process_time() - began < 1


def test_each_kind_has_its_words():
    assert details.SAID.keys() == details.MASK.keys()
