"""The checks panel: each line done or not yet, none of them stopping but the wording check."""

import pytest

from advisors.drafting import checking, picking
from questions.models import Signpost

HEARD = [picking.normalise("I eat lunch alone. My mum says give it time.")]
DETAILS = ["eat lunch alone", "My mum"]
EASY = "You eat lunch on your own. That is hard. " * 13  # 117 words
HARD = "Institutional considerations necessitate administrative reorganisation notwithstanding. "


def lines(text, details=DETAILS, heard=HEARD, signposts=()):
    return {line.said: line.done for line in checking.answer(text, details, heard=heard, signposts=[*signposts]).lines}


def test_a_good_answer_has_everything_done():
    checks = checking.answer(EASY, DETAILS, heard=HEARD, signposts=[])
    assert [line.done for line in checks.lines] == [True, True, True, True]
    assert (checks.summary, checks.blocked, checks.findings) == ("4 of 4 checks done.", False, [])


def test_each_detail_says_whether_it_counts():
    checks = checking.answer(EASY, ["eat lunch alone", "lunch", "my dad"], heard=HEARD, signposts=[])
    assert checks.judged == [
        ("eat lunch alone", True, "stands in their words"),
        ("lunch", False, "counts once, with the other"),
        ("my dad", False, "not found in what they sent: check the spelling"),
    ]
    assert checks.lines[0][:2] == (False, "Two details of theirs: 1 of 2")


@pytest.mark.parametrize(("heard", "said"), [(["help"], ["The one detail they gave: 0 of 1"]), ([""], [])])
def test_as_many_details_are_asked_for_as_there_can_be(heard, said):
    assert [line for line in lines(EASY, [], heard) if "detail" in line] == said


@pytest.mark.parametrize(
    ("age", "done", "reasoned"), [(11.0, True, False), (11.1, False, False), (13.0, False, False), (13.1, False, True)]
)
def test_reading_age_warns_above_11_and_asks_a_reason_above_13(monkeypatch, age, done, reasoned):
    monkeypatch.setattr(checking.prose, "reading_age", lambda text: age)
    line = checking.reading_age("Any.")
    assert (line.done, "your supervisor has to give a reason" in line.advice) == (done, reasoned)


@pytest.mark.parametrize(("words", "done"), [(99, False), (100, True), (350, True), (351, False)])
def test_a_hundred_to_three_hundred_and_fifty_words_are_suggested(words, done):
    assert checking.length("word " * words).done is done


def test_what_the_wording_check_stops_is_said_in_the_line_that_is_read_aloud():
    checks = checking.answer("It stays just between us.", DETAILS, heard=HEARD, signposts=[])
    assert checks.blocked
    assert checks.summary == "2 of 4 checks done. The wording check stops it."
    assert "1 stopped by the wording check" in [line.said for line in checks.lines]


@pytest.mark.django_db
def test_a_place_to_turn_to_is_asked_for_only_where_one_is_offered():
    row = Signpost.objects.create(slug="line", name="Kind Line", summary="x")
    assert "A place to turn to" not in lines(EASY)
    assert lines(EASY, signposts=[row])["A place to turn to"] is False
    assert lines(EASY + "Try Kind Line.", signposts=[row])["A place to turn to"] is True


def test_a_clarifying_question_is_only_read_for_its_words():
    checks = checking.clarification("Which year are you in?")
    assert [line.said.partition(":")[0] for line in checks.lines] == [
        "Reading age",
        "Nothing stopped by the wording check",
    ]
    assert checking.clarification(HARD).lines[0].done is False
