from datetime import UTC, date, datetime, timedelta

import pytest

from advisors.drafting import claiming, writing
from advisors.drafting.models import Draft, DraftVersion
from advisors.drafting.writing import Conflict
from askpeer.errors import Refused, Stale
from questions.models import Contact, Question
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
DETAILS = ["eat lunch alone", "My mum"]


@pytest.fixture
def save(held, advisor, now):
    def saved(text, *, base, kind="answer", details=DETAILS, by=advisor):
        return writing.save(question=held, kind=kind, text=text, details=details, base=base, by=by, now=now)

    return saved


@pytest.fixture
def submit(held, advisor, now):
    def sent(*, base, kind="answer", version=3, at=now):
        writing.submit(question=held, kind=kind, base=base, by=advisor, version=version, now=at)

    return sent


def texts():
    return [(row.number, row.text) for row in DraftVersion.objects.all()]


def test_each_save_appends_a_sealed_version(save, held, advisor, now):
    save("Hi.", base=0)
    save("Hi. I read it twice.", base=1)
    assert texts() == [(1, "Hi."), (2, "Hi. I read it twice.")]
    draft = Draft.objects.get()
    assert (draft.number, draft.kind, draft.submitted_at) == (2, "answer", None)
    last = DraftVersion.objects.get(number=2)
    assert (last.writer, last.saved_at, writing.details_of(last)) == (advisor, now, DETAILS)
    assert b"twice" not in bytes(DraftVersion.objects.filter(number=2).values_list("text", flat=True)[0])


def test_the_same_words_again_make_no_new_version(save):
    first = save("Hi.", base=0)
    assert save("Hi.  \n", base=0) == first
    assert save("Hi.", base=1) == first
    assert texts() == [(1, "Hi.")]


def test_another_detail_is_another_version(save):
    save("Hi.", base=0)
    save("Hi.", base=1, details=["May"])
    assert texts() == [(1, "Hi."), (2, "Hi.")]


@pytest.mark.parametrize("base", [0, 5])
def test_words_on_an_old_version_are_a_conflict_that_carries_both_texts(save, base):
    save("Theirs.", base=0)
    with pytest.raises(Conflict) as caught:
        save("Mine.", base=base)
    assert (caught.value.theirs.text, caught.value.mine) == ("Theirs.", "Mine.")
    assert isinstance(caught.value, Stale)
    assert texts() == [(1, "Theirs.")]


def test_a_number_taken_between_reading_and_writing_is_a_conflict(save, held, advisor, now):
    save("Theirs.", base=0)
    Draft.objects.update(number=0)
    with pytest.raises(Conflict):
        save("Mine.", base=0)
    assert texts() == [(1, "Theirs.")]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There is nothing to save yet."),
        (" \n\u200b", "There is nothing to save yet."),
        ("x" * 6001, "This can have 6,000 characters at most. It has 6,001."),
        ("a\0b", "There is a character in your text that we cannot store."),
        ("\ud800", "There is a character in your text that we cannot store."),
    ],
)
def test_what_cannot_be_saved_gets_a_sentence(save, text, sentence):
    with pytest.raises(Refused, match=sentence):
        save(text, base=0)
    assert texts() == []


def test_a_cleared_draft_is_a_version_too(save):
    save("Hi.", base=0)
    save("", base=1)
    assert texts() == [(1, "Hi."), (2, "")]


def test_who_does_not_hold_the_question_cannot_write(save):
    with pytest.raises(Refused, match="You no longer hold this question"):
        save("Hi.", base=0, by=PersonFactory())


def test_an_earlier_version_comes_back_as_a_new_one(save, held, advisor, now):
    save("One.", base=0, details=["May"])
    save("Two.", base=1)
    back = writing.restore(question=held, kind="answer", number=1, base=2, by=advisor, now=now)
    assert texts() == [(1, "One."), (2, "Two."), (3, "One.")]
    assert writing.details_of(back) == ["May"]
    with pytest.raises(Refused, match="There is no version with that number"):
        writing.restore(question=held, kind="answer", number=9, base=3, by=advisor, now=now)


def test_sending_moves_the_question_to_review(save, submit, held, now):
    save("Hi.", base=0)
    submit(base=1)
    assert Question.objects.get().status == "in_review"
    assert Draft.objects.get().submitted_at == now


def test_after_sending_nothing_is_written_until_it_is_taken_back(save, submit, held, advisor, now):
    save("Hi.", base=0)
    stale_page = Question.objects.get()
    submit(base=1)
    with pytest.raises(Refused, match="being checked"):
        writing.save(question=stale_page, kind="answer", text="More.", details=[], base=1, by=advisor, now=now)
    with pytest.raises(Stale):
        writing.pull_back(question=held, by=advisor, version=3, now=now)
    writing.pull_back(question=held, by=advisor, version=4, now=now)
    assert Question.objects.get().status == "in_progress"
    assert Draft.objects.get().submitted_at is None


def test_a_page_from_before_the_question_was_handed_on_sends_and_takes_back_nothing(save, held, advisor, now):
    save("Hi.", base=0)
    stale = Question.objects.get()
    claiming.recuse(question=held, by=advisor, now=now)
    values = {"question": stale, "by": advisor, "version": 3, "now": now}
    with pytest.raises(Refused, match="You no longer hold this question"):
        writing.submit(kind="answer", base=1, **values)
    with pytest.raises(Refused, match="You no longer hold this question"):
        writing.pull_back(**values)
    assert (Question.objects.get().status, Draft.objects.get().submitted_at) == ("open", None)


@pytest.mark.parametrize("details", [[], ["eat lunch alone"], ["eat lunch alone", "my dad"], ["lunch", "eat lunch"]])
def test_an_answer_needs_two_details_of_their_own(save, submit, details):
    save("Hi.", base=0, details=details)
    with pytest.raises(Refused, match="Mark at least two details of their own"):
        submit(base=1)
    assert Question.objects.get().status == "in_progress"


def test_one_word_asks_for_one_detail(triaged, advisor, now):
    question = triaged(text="help")
    claiming.claim(question=question, by=advisor, version=2, now=now)
    writing.save(question=question, kind="answer", text="Hi.", details=[], base=0, by=advisor, now=now)
    with pytest.raises(Refused, match="Mark the one detail they gave you"):
        writing.submit(question=question, kind="answer", base=1, by=advisor, version=3, now=now)
    writing.save(question=question, kind="answer", text="Hi.", details=["Help"], base=1, by=advisor, now=now)
    writing.submit(question=question, kind="answer", base=2, by=advisor, version=3, now=now)
    assert Question.objects.get().status == "in_review"


def test_cards_alone_can_be_picked_up(triaged, advisor, now):
    question = triaged(text="", cards=["lonely", "tired"])
    claiming.claim(question=question, by=advisor, version=2, now=now)
    writing.save(question=question, kind="answer", text="Hi.", details=["Lonely", "tired"], base=0, by=advisor, now=now)
    writing.submit(question=question, kind="answer", base=1, by=advisor, version=3, now=now)
    assert Question.objects.get().status == "in_review"


def test_a_blocked_wording_is_not_sent(save, submit):
    save("It stays just between us.", base=0)
    with pytest.raises(Refused, match=r"The wording check stops this draft\. We can't promise this"):
        submit(base=1)


def test_only_the_current_version_is_sent(save, submit):
    with pytest.raises(Refused, match="There is nothing to send yet"):
        submit(base=0)
    save("One.", base=0)
    save("Two.", base=1)
    with pytest.raises(Conflict):
        submit(base=1)
    with pytest.raises(Stale):
        submit(base=2, version=2)
    save("", base=2)
    with pytest.raises(Refused, match="There is nothing to send yet"):
        submit(base=3)
    assert Question.objects.get().status == "in_progress"


def test_a_clarifying_question_needs_no_details_but_an_asker_who_can_be_told(save, submit, held):
    save("Which year are you in?", base=0, kind="clarification", details=[])
    with pytest.raises(Refused, match="Put your question inside the answer"):
        submit(base=1, kind="clarification")
    Contact.objects.create(question=held, email="someone@example.org")
    submit(base=1, kind="clarification")
    assert Question.objects.get().status == "in_review"
    assert [(row.kind, row.submitted_at is None) for row in Draft.objects.all()] == [("clarification", False)]


def test_a_clarifying_question_is_short(save):
    with pytest.raises(Refused, match=r"This can have 600 characters at most\. It has 601\."):
        save("x" * 601, base=0, kind="clarification", details=[])


def test_after_nine_an_advisor_under_18_saves_but_does_not_send(triaged, now):
    young = PersonFactory(born_on=date(2010, 3, 1))
    question = triaged()
    claiming.claim(question=question, by=young, version=2, now=now)
    night = datetime(2026, 11, 16, 21, 5, tzinfo=UTC)
    writing.save(question=question, kind="answer", text="Hi.", details=DETAILS, base=0, by=young, now=night)
    with pytest.raises(Refused, match=r"It's late\. Your draft is saved"):
        writing.submit(question=question, kind="answer", base=1, by=young, version=3, now=night)
    morning = night + timedelta(hours=10)
    writing.submit(question=question, kind="answer", base=1, by=young, version=3, now=morning)
    assert Question.objects.get().status == "in_review"
