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


@given(TEXTS, TEXTS)
def test_the_share_stays_between_none_and_all(before, after):
    assert 0.0 <= diffing.share_changed(before, after) <= 1.0
