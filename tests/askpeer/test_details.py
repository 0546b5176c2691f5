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
