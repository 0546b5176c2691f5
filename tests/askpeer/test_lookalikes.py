"""Two texts that read alike compare alike, and each place found is a place in the text itself."""

import time

import pytest

from askpeer import lookalikes


@pytest.mark.parametrize(
    "text",
    [
        "K\u200date",  # joined by nothing
        "Ka\u034fte",
        "Kat\ufe0fe",
        "K\u3164ate",
        "Ka\u00adte",
        "Ｋａｔｅ",
        "𝐊𝐚𝐭𝐞",
        "K\u0430t\u0435",  # two Cyrillic letters
        "Κate",  # a Greek one
        "Kát\u0308e",
    ],
)
def test_what_reads_like_a_word_is_that_word(text):
    folded = lookalikes.fold(f"a {text} b")
    at = folded.text.index("Kate")
    start, end = folded.span(at, at + 4)
    assert f"a {text} b"[start:end] == text


def test_what_is_invisible_behind_a_word_goes_with_it():
    folded = lookalikes.fold("Zoe\u0308\u200d!")
    assert (folded.text, folded.span(0, 3), folded.span(3, 4)) == ("Zoe!", (0, 5), (5, 6))


def test_a_letter_that_stands_for_several_is_taken_whole():
    folded = lookalikes.fold("oﬃce é")
    assert folded.text == "office e"
    assert (folded.span(0, 2), folded.span(2, 4), folded.span(4, 6)) == ((0, 2), (1, 2), (2, 4))


def test_other_scripts_and_case_stay():
    assert lookalikes.fold("Łukasz 日本 שרה").text == "Łukasz 日本 שרה"
    assert lookalikes.fold("plain").places == range(6)


@pytest.mark.parametrize("character", ["\ufdfa", "…", "㍿", "\u0300", "👩‍👧", "é"])
def test_twenty_thousand_characters_of_anything_take_a_moment_and_stay_few(character):
    began = time.process_time()
    folded = lookalikes.fold(character * (20_000 // len(character)))
    assert (len(folded.text) <= 60_000, len(folded.places)) == (True, len(folded.text) + 1)
    assert len(lookalikes.seen(character * 20_000)) <= 20_000 * len(character)
    assert time.process_time() - began < 1
