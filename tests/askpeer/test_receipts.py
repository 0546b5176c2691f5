import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askpeer import receipts


def words(*places):
    return [receipts.word_list()[place] for place in places]


SIX = words(0, 100, 2000, 3000, 5000, -1)


def test_the_list_has_at_least_7000_different_plain_words():
    listed = receipts.word_list()
    assert len(listed) >= 7000
    assert len(set(listed)) == len(listed)
    assert [word for word in listed if not re.fullmatch(r"[a-z]{3,}", word)] == []


def test_a_drawn_receipt_is_six_words_of_the_list():
    for _ in range(200):
        drawn = receipts.draw()
        assert re.fullmatch(r"[a-z]+( [a-z]+){5}", drawn)
        assert set(drawn.split()) <= set(receipts.word_list())
        assert receipts.normalise(drawn) == drawn


def test_no_receipt_is_drawn_twice():
    assert len({receipts.draw() for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    "typed",
    [
        " ".join(SIX),
        " ".join(SIX).upper(),
        "  " + "   ".join(SIX) + " \n",
        "-".join(SIX),
        ", ".join(SIX),
        "\r\n".join(SIX),
        "\t".join(word.title() for word in SIX),
        ". ".join(SIX) + ".",
        " ".join(SIX).translate({code: code + 0xFEE0 for code in range(0x61, 0x7B)}),
    ],
    ids=["as drawn", "capitals", "spaces", "hyphens", "commas", "lines", "tabs", "stops", "full width"],
)
def test_however_the_words_are_typed_they_are_the_same_receipt(typed):
    assert receipts.normalise(typed) == " ".join(SIX)
    assert receipts.is_receipt(typed)
    assert receipts.digest(typed) == receipts.digest(" ".join(SIX))


def test_the_order_of_the_words_counts():
    assert receipts.digest(" ".join(reversed(SIX))) != receipts.digest(" ".join(SIX))


@given(st.text(max_size=400))
def test_normalising_twice_changes_nothing(typed):
    once = receipts.normalise(typed)
    assert receipts.normalise(once) == once


@pytest.mark.parametrize(
    "typed",
    ["", "help", " ".join(SIX[:5]), " ".join([*SIX, SIX[0]]), " ".join([*SIX[:5], "qqqqq"]), "a" * 100_000],
    ids=["nothing", "one word", "five", "seven", "unlisted", "very long"],
)
def test_what_cannot_be_a_receipt_is_known_as_such(typed):
    assert receipts.is_receipt(typed) is False


def test_what_is_typed_past_300_characters_is_not_read():
    assert receipts.normalise("a" * 300 + "b" * 1_000_000) == "a" * 300


def test_the_digest_depends_on_the_pepper(settings):
    settings.RECEIPT_PEPPER = b"1" * 32
    first = receipts.digest(" ".join(SIX))
    settings.RECEIPT_PEPPER = b"2" * 32
    second = receipts.digest(" ".join(SIX))
    assert (len(first), len(second)) == (32, 32)
    assert first != second


def test_the_withdrawal_digest_is_another_one_made_of_the_first(settings):
    settings.RECEIPT_PEPPER = b"1" * 32
    digest = receipts.digest(" ".join(SIX))
    withdrawal = receipts.withdrawal_digest(memoryview(digest))
    assert withdrawal == receipts.withdrawal_digest(digest)
    assert len({digest, withdrawal, receipts.withdrawal_digest(withdrawal)}) == 3


def test_a_misspelt_word_gets_the_nearest_one_of_the_list():
    typed = " ".join([*SIX[:5], "umbrela"])
    assert receipts.suggestions(typed) == {"umbrela": "umbrella"}


def test_listed_words_and_nonsense_get_no_suggestion():
    assert receipts.suggestions(" ".join(SIX)) == {}
    assert receipts.suggestions("qqqqqqq xzxzxzx") == {}


def test_only_the_first_six_words_are_looked_at():
    assert receipts.suggestions(" ".join([*SIX, "umbrela"])) == {}
