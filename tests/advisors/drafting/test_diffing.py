import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisors.drafting import diffing

TEXTS = st.text(alphabet="ab. \n", max_size=60)


def test_a_replaced_word_is_cut_and_added():
    assert diffing.words("I am so sad today.", "I am very sad today.") == [
        ("same", "I am "),
        ("cut", "so "),
        ("add", "very "),
        ("same", "sad today."),
    ]


def test_the_same_text_is_one_piece_and_an_empty_one_is_none():
    assert diffing.words("No change.", "No change.") == [("same", "No change.")]
    assert diffing.words("", "") == []


def test_a_new_line_break_is_a_change():
    assert diffing.words("One. Two.", "One.\n\nTwo.") == [("cut", "One. "), ("add", "One.\n\n"), ("same", "Two.")]


@given(TEXTS, TEXTS)
def test_the_pieces_hold_every_word_of_both_texts_in_order(before, after):
    pieces = diffing.words(before, after)
    assert "".join(text for kind, text in pieces if kind != "add").split() == before.split()
    assert "".join(text for kind, text in pieces if kind != "cut").split() == after.split()


def test_the_share_counts_replaced_cut_and_added_words():
    assert diffing.share_changed("a b c d", "a b x d") == 0.25
    assert diffing.share_changed("a b c d", "a b c") == 0.25
    assert diffing.share_changed("a b c d", "a b c d e") == 0.25
    assert diffing.share_changed("a b c d", "w x y z") == 1.0
    assert diffing.share_changed("a b", "  a\n b ") == 0.0
    assert diffing.share_changed("", "") == 0.0
    assert diffing.share_changed("", "new") == 1.0


def test_many_words_joined_to_one_count_by_their_letters():
    before, joined = "one two six ten", "·".join(["far", "too", "long"] * 10)
    assert diffing.share_changed(before, f"{before} {joined}") == 1.0
    assert diffing.share_changed(f"{before} {joined}", before) == len(joined) / (12 + len(joined))


@given(TEXTS, TEXTS)
def test_the_share_stays_between_none_and_all(before, after):
    assert 0.0 <= diffing.share_changed(before, after) <= 1.0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a " * 3000, "a b " * 1500),
        ("a b " * 1500, "b a a " * 1000),
        ("ha " * 2000, "ha ho " * 1000),
        ("a\n" * 3000, "b a\n" * 1500),
        *pairwise(" ".join(f"{sep}{number // 2}" if number % 2 else sep for number in range(1500)) for sep in "pqr"),
    ],
)
def test_words_that_come_back_over_and_over_take_a_moment(before, after):
    began = time.process_time()
    diffing.words(before[:6000], after[:6000])
    diffing.share_changed(before[:6000], after[:6000])
    assert time.process_time() - began < 1


def test_what_is_too_much_to_compare_counts_as_changed_as_a_whole():
    before, after = f"Dear you, {'a ' * 1500}yours", f"Dear you, {'b a ' * 1500}yours"
    assert [kind for kind, _text in diffing.words(before, after)] == ["same", "cut", "add", "same"]
    assert diffing.share_changed(before, after) == 1.0


def test_one_word_in_a_page_of_the_same_words_is_one_change():
    before = "no " * 1000 + "please " + "no " * 1000
    assert [kind for kind, _text in diffing.words(before, before.replace("please", "never"))] == [
        "same",
        "cut",
        "add",
        "same",
    ]
    assert diffing.share_changed(before, before.replace("please", "never")) < 0.01
