import pytest

from questions.intake import kept, risk
from questions.models import Question
from tests.factories import make_question

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("I had a nice day", "green"),
        ("I'm NOT safe,\ntonight", "red"),
        ("I don’t want to be here", "amber"),
        ("i dont want to be here and im going to end it", "red"),
        ("not safetonight", "green"),
        ("", "green"),
    ],
)
def test_a_text_is_raised_by_whole_words_in_any_spelling_of_case_and_marks(phrases, text, level):
    assert risk.level_of(text).level == level


def test_the_reasons_name_label_and_phrase_most_urgent_first(phrases):
    found = risk.level_of("dont want to be here. not safe tonight")
    assert found.reasons == [("Not safe", "not safe tonight"), ("Dark thoughts", "dont want to be here")]


def test_the_phrases_of_every_language_are_looked_for_whatever_language_the_page_is_in(phrases):
    texts = ("ik ben niet veilig vannacht", "not safe tonight", "niet zo veilig")
    assert [risk.level_of(text).level for text in texts] == ["red", "red", "green"]


def test_new_words_raise_and_never_lower(calendar, phrases):
    question = make_question(level="amber")
    assert [risk.raised(question, text) for text in ("all good now", "not safe tonight")] == ["amber", "red"]


def test_rules_are_read_once_and_again_after_one_changes(phrases, django_assert_num_queries):
    kept.forget()
    with django_assert_num_queries(1):
        risk.level_of("a")
        risk.level_of("b")
    risk.RiskRule.objects.get(label="Not safe").delete()
    assert risk.level_of("not safe tonight").level == "green"


def test_a_hostile_text_is_read_to_its_bound(phrases):
    assert risk.level_of("not safe " * 25_000 + "tonight").level == "green"
    assert Question.objects.count() == 0


@pytest.mark.parametrize("word", ["suicide", "suicde", "siucide", "suiicide", "suixide"])
def test_one_slip_in_a_long_danger_word_is_forgiven_and_two_are_not(db, word):
    risk.RiskRule.objects.create(label="Dark thoughts", level="amber", phrases=["suicide"])
    assert [risk.level_of(text).level for text in (word, "scde")] == ["amber", "green"]


def test_a_phrase_that_is_misspelt_itself_is_still_found(db):
    risk.RiskRule.objects.create(label="Dark thoughts", level="amber", phrases=["think of sucide"])
    assert [risk.level_of(f"I think of {word}").level for word in ("sucide", "suicide")] == ["amber", "amber"]
