import time

import pytest

from advisors.drafting import wording
from advisors.drafting.wording import BLOCK, SUGGEST, TICK, WARN
from questions.models import Signpost


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


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("When I was your age I ate alone.", "when i was your age"),
        ("It happened to me once.", "it happened to me"),
        ("I also had days like that.", "i also had"),
        ("I’ve been there.", "ive been there"),
        ("My parents split up too, and", "my parents split up too"),
    ],
)
def test_the_writer_who_speaks_of_themselves_needs_a_tick_and_is_not_stopped(text, phrase):
    assert said(text) == [(TICK, phrase)]
    assert wording.blocks(text) == []


def test_words_in_quotation_marks_are_somebody_elses():
    assert said('You wrote “I was bullied” and "selfish". I was bullied.') == [(TICK, "i was bullied")]
    assert said("> I was bullied\nHi.") == []
    assert said("“it stays just between us”") == [(BLOCK, "just between us")]
    assert said("“selfish” and “selfish, selfish") == [(WARN, "selfish")]


@pytest.mark.django_db
def test_a_persons_own_contact_is_blocked_and_one_of_the_directory_is_not():
    row = Signpost.objects.create(slug="line", name="A line", summary="x", url="https://line.example")
    row.channels.create(kind="phone", value="0808 2000 247")
    assert said("Ring 0808 2000 247, or look at https://www.line.example/now") == []
    assert said("Write to @jo_bloggs or ring 0808 2000 248") == [(BLOCK, "@jo_bloggs"), (BLOCK, "0808 2000 248")]


@pytest.mark.django_db
def test_a_link_elsewhere_is_pointed_at_and_one_that_would_be_taken_out_is_blocked():
    assert said("Look at https://elsewhere.example.") == [(WARN, "https://elsewhere.example.")]
    assert said("[x](javascript:alert)") == [(BLOCK, "javascript:alert")]


@pytest.mark.parametrize("piece", ["I was ", "i also went ", '"a" ', "“", '"', "> ", "7 ", "İ", "[x](javascript:a) "])
@pytest.mark.django_db
def test_twenty_thousand_characters_of_anything_are_read_in_a_moment(piece):
    began = time.process_time()
    wording.check(piece * (20_000 // len(piece)))
    assert time.process_time() - began < 1


def test_each_phrase_is_told_once_in_reading_order():
    assert said("Selfish? Calm down. Selfish.") == [(WARN, "selfish"), (WARN, "calm down")]


@pytest.mark.parametrize("text", ["", "\n\n", ">", "committed " * 4000, "[" * 200_000, "1" * 200_000])
def test_odd_texts_have_nothing_to_find(text):
    assert said(text) == []


def test_every_rule_finds_its_own_phrase():
    for phrases in wording._by_first_words().values():
        for phrase in phrases:
            assert len(phrase.words) <= wording._LONGEST_PHRASE
            text = " ".join(phrase.words).replace("#", "7")
            assert said(text)[0][1] == text


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("I promi&#115;e I won't tell.", "i promise i wont tell"),
        ("I pro\u200dmise I won't tell.", "i promise i wont tell"),
        ("I pr\u043emise I won't tell.", "i promise i wont tell"),
        ("The right d&#111;se matters.", "dose"),
        ("The right do**se** matters.", "dose"),
    ],
)
def test_what_may_never_be_sent_is_blocked_as_its_reader_sees_it(text, phrase):
    assert said(text) == [(BLOCK, phrase)]


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["insta: _zed_99", "Mine is 0770&#48; 900123", "zed&#64;mail.example"])
def test_a_persons_own_contact_is_blocked_as_its_reader_sees_it(text):
    assert BLOCK in [strength for strength, _ in said(text)]


def test_what_is_quoted_stays_quoted_as_its_reader_sees_it():
    assert said("> he committed **suicide** and was _selfish_. I was bullied.") == []
