"""Services that an answer can name."""

from datetime import date

import pytest

from advisors.drafting import placing, wording
from askpeer import prose
from askpeer.errors import Refused
from questions.models import Signpost

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 16)


@pytest.fixture
def line():
    row = Signpost.objects.create(slug="line", name="The *Line*", summary="x", url="https://www.line.example")
    row.channels.create(kind="phone", value="0808 2000 247", hours="24 hours, every day")
    row.channels.create(kind="text", value="Text HELP to 85258")
    row.channels.create(kind="chat", value="https://www.line.example/chat_now/")
    row.channels.create(kind="email", value="jo@line.example")
    return row


@pytest.mark.parametrize(
    ("day", "doubtful", "said"),
    [
        (date(2026, 11, 3), False, "checked on 3 November"),
        (TODAY, False, "checked on 16 November"),
        (date(2026, 8, 19), False, "checked on 19 August"),
        (date(2026, 8, 18), True, "not checked for 90 days: ring first or leave it out"),
        (None, True, "not checked yet: ring first or leave it out"),
    ],
)
def test_each_says_when_it_was_checked_and_from_ninety_days_on_that_it_was_not(line, day, doubtful, said):
    line.last_verified = day
    place = placing.places([line], today=TODAY)[0]
    assert (place.checked, place.is_doubtful) == (said, doubtful)


def test_its_line_has_the_name_the_ways_in_and_the_hours_and_the_check_finds_nothing_in_it(line):
    assert placing.line(line) == (
        "**The \\*Line\\***: ring 0808 2000 247 (24 hours, every day); Text HELP to 85258; "
        "chat at [line.example](https://www.line.example/chat_now/); write to jo@line.example"
    )
    assert wording.check(placing.line(line)) == []
    assert '<a href="https://www.line.example/chat_now/"' in prose.render(placing.line(line))


def test_one_without_ways_is_its_name():
    row = Signpost.objects.create(slug="bare", name="Bare", summary="x")
    assert placing.line(row) == "**Bare**"


def test_the_line_goes_after_the_draft_and_begins_an_empty_one(line):
    assert placing.insert("Hi.\n\n", str(line.pk), [line]) == f"Hi.\n\n{placing.line(line)}\n"
    assert placing.insert("", str(line.pk), [line]) == f"{placing.line(line)}\n"


@pytest.mark.parametrize("place", ["", "x", "0", "9" * 40, "1\0"])
def test_only_one_that_is_offered_can_be_put_in(line, place):
    with pytest.raises(Refused, match="not on this question's list"):
        placing.insert("Hi.", place, [line])


@pytest.mark.parametrize(
    ("text", "is_named"),
    [
        ("Try the line, any time.", True),
        ("Try the lines.", False),
        ("Ring 08082000247.", True),
        ("Look at line.example.", True),
        ("Talk to your nan.", False),
    ],
)
def test_a_draft_names_a_service_by_its_name_its_number_or_its_site(line, text, is_named):
    assert placing.named(text, [line]) == ([line] if is_named else [])
