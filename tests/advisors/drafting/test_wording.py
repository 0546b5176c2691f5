import pytest

from advisors.drafting import wording
from advisors.drafting.wording import BLOCK, SUGGEST, WARN


def said(text):
    return [(finding.strength, finding.phrase) for finding in wording.check(text)]


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("I promise I won’t tell.", "i promise i wont tell"),
        ("Your BMI is fine.", "bmi"),
        ("You lost 12kg?", "12 kg"),
        ("Ask for 20 mg of it.", "20 mg"),
        ("Sounds like depression to me.", "sounds like depression"),
        ("The right dose matters.", "dose"),
        ("Add me on anything you like.", "add me on"),
        ("He wanted to jump off.", "jump off"),
        ("They hold\nan elastic band on your wrist", "elastic band on your wrist"),
    ],
)
def test_what_may_never_be_sent_is_blocked(text, phrase):
    assert said(text) == [(BLOCK, phrase)]


@pytest.mark.parametrize(
    ("text", "phrase", "other"),
    [
        ("He committed suicide.", "committed suicide", "died by suicide"),
        ("A failed attempt.", "failed attempt", "survived an attempt"),
        ("An unsuccessful\nattempt.", "unsuccessful attempt", "survived an attempt"),
        ("A self-harmer.", "self harmer", "person who self-harms"),
        ("Two weeks clean!", "clean", "not using"),
    ],
)
def test_a_harsh_word_gets_another_one_beside_it(text, phrase, other):
    finding = wording.check(text)[0]
    assert (finding.strength, finding.phrase, finding.suggestion) == (SUGGEST, phrase, other)


def test_warnings_point_and_block_nothing():
    text = "Calm down, it is not manipulative."
    assert said(text) == [(WARN, "calm down"), (WARN, "manipulative")]
    assert wording.blocks(text) == []


def test_whole_words_only_and_the_longest_phrase_wins():
    assert said("The cleaner was unselfishly cleaning.") == []
    assert said("A failed suicide attempt.") == [(SUGGEST, "failed suicide attempt")]


def test_a_quoted_line_is_skipped_by_suggestions_and_warnings_but_not_by_blocks():
    assert said("> he committed suicide and was selfish") == []
    assert said("> it stays just between us") == [(BLOCK, "just between us")]


def test_a_handle_is_blocked_and_a_number_pointed_at():
    assert said("Write to @jo_bloggs") == [(BLOCK, "@jo_bloggs")]
    assert said("Ring 0800 1111 222") == [(WARN, "0800 1111 222")]


def test_each_phrase_is_told_once_in_reading_order():
    assert said("Selfish? Calm down. Selfish.") == [(WARN, "selfish"), (WARN, "calm down")]


@pytest.mark.parametrize("text", ["", "\n\n", ">", "committed " * 4000, "[" * 200_000, "1" * 200_000])
def test_odd_texts_have_nothing_to_find(text):
    assert said(text) == []


def test_every_rule_finds_its_own_phrase():
    for phrases in wording._by_first_word().values():
        for phrase in phrases:
            text = " ".join(phrase.words).replace("#", "7")
            assert said(text)[0][1] == text
