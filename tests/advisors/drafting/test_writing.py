from datetime import UTC, date, datetime, timedelta

import pytest

from advisors.drafting import claiming, writing
from advisors.drafting.models import Draft, DraftVersion
from advisors.drafting.writing import Conflict
from askpeer.errors import Refused, Stale
from askpeer.models import TrailEntry
from questions.models import Contact, Question
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
DETAILS = ["eat lunch alone", "My mum"]


@pytest.fixture
def save(held, advisor, now):
    def saved(text, *, base, kind="answer", details=DETAILS, by=advisor, **more):
        return writing.save(question=held, kind=kind, text=text, details=details, base=base, by=by, now=now, **more)

    return saved


@pytest.fixture
def submit(held, advisor, now):
    def sent(*, base, kind="answer", version=3, at=now, **more):
        writing.submit(question=held, kind=kind, base=base, by=advisor, version=version, now=at, **more)

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


def test_stopped_words_are_sent_with_a_reason_that_is_sealed_and_counted(save, submit, held):
    save("It stays just between us. Not.", base=0)
    submit(base=1, insist="  It is what their mum said. ")
    draft = Draft.objects.get()
    assert (draft.insisted, Question.objects.get().status) == ("It is what their mum said.", "in_review")
    assert b"mum" not in bytes(Draft.objects.values_list("insisted", flat=True)[0])
    moved = TrailEntry.objects.get(subject=held.subject, facts__to="in_review")
    assert (moved.facts["draft"], moved.facts["insisted"]) == ("answer", 1)


@pytest.mark.parametrize("insist", ["", " \n\u200b"])
def test_without_a_reason_stopped_words_stay(save, submit, insist):
    save("It stays just between us.", base=0)
    with pytest.raises(Refused, match="The wording check stops this draft"):
        submit(base=1, insist=insist)


@pytest.mark.parametrize(
    ("insist", "sentence"),
    [("x" * 301, r"The reason can have 300 characters at most\. It has 301\."), ("a\0", "a character in your text")],
)
def test_a_reason_has_its_limits(save, submit, insist, sentence):
    save("It stays just between us.", base=0)
    with pytest.raises(Refused, match=sentence):
        submit(base=1, insist=insist)
    with pytest.raises(Refused, match=sentence):
        save("More.", base=1, insist=insist)
    submit(base=1, insist="x" * 300)


def test_a_reason_goes_with_the_next_sending_that_needs_none(save, submit, held, advisor, now):
    save("It stays just between us.", base=0)
    submit(base=1, insist="They know.")
    writing.pull_back(question=held, by=advisor, version=4, now=now)
    held.refresh_from_db()
    save("Hi.", base=1)
    assert Draft.objects.get().insisted == "They know."
    submit(base=2, insist="They know.", version=5)
    assert Draft.objects.get().insisted is None


def test_a_reason_that_is_only_saved_waits_with_the_draft(save):
    first = save("It stays just between us.", base=0, insist="They know.")
    assert save("It stays just between us.", base=1) == first
    assert Draft.objects.get().insisted == "They know."
    save("It stays just between us.", base=1, insist="")
    assert Draft.objects.get().insisted is None
    assert len(texts()) == 1


def test_other_sources_are_another_version_and_sealed(save):
    save("Hi.", base=0, sources="Their website.")
    save("Hi.", base=1, sources="Their website. \n")
    save("Hi.", base=1, sources="")
    assert [writing.sources_of(row) for row in DraftVersion.objects.all()] == ["Their website.", ""]
    assert b"website" not in bytes(DraftVersion.objects.filter(number=1).values_list("sources", flat=True)[0])


def test_sources_are_carried_where_nothing_is_said_of_them(save, held, advisor, now):
    save("One.", base=0, sources="A.")
    save("Two.", base=1)
    save("Three.", base=2, sources="B.")
    draft = writing.draft_for(held, "answer")
    writing.append(draft, text="Theirs.", details=[], base=3, by=PersonFactory(), now=now)
    writing.restore(question=held, kind="answer", number=2, base=4, by=advisor, now=now)
    assert [writing.sources_of(row) for row in DraftVersion.objects.all()] == ["A.", "A.", "B.", "B.", "A."]


def test_sources_have_their_limits(save):
    with pytest.raises(Refused, match=r"The sources can have 1,000 characters at most\. They have 1,001\."):
        save("Hi.", base=0, sources="x" * 1001)
    assert texts() == []
    save("Hi.", base=0, sources="x" * 1000)


def test_a_refused_sending_makes_no_version_by_itself(save, submit):
    save("Hi.", base=0, details=[])
    for _ in range(3):
        save("Hi.", base=1, details=[], sources="", insist="")
        with pytest.raises(Refused):
            submit(base=1)
    assert texts() == [(1, "Hi.")]


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


NINE = datetime(2026, 11, 16, 21, tzinfo=UTC)
SEVEN = datetime(2026, 11, 17, 7, tzinfo=UTC)


@pytest.fixture
def young(triaged, now):
    """Save and send as an advisor under 18, who has claimed a question."""
    person, question = PersonFactory(born_on=date(2010, 3, 1)), triaged()
    claiming.claim(question=question, by=person, version=2, now=now)
    values = {"question": question, "kind": "answer", "by": person}

    class Young:
        @staticmethod
        def save(text, *, base, at):
            return writing.save(text=text, details=DETAILS, base=base, now=at, **values)

        @staticmethod
        def restore(number, *, base, at):
            return writing.restore(number=number, base=base, now=at, **values)

        @staticmethod
        def submit(*, base, at):
            writing.submit(base=base, version=3, now=at, **values)

        @staticmethod
        def pull_back(*, at):
            writing.pull_back(question=question, by=person, version=4, now=at)

    return Young


def test_from_nine_what_was_typed_before_and_arrives_late_is_kept_once_for_no_word_may_be_lost(young):
    young.save("Before nine.", base=0, at=NINE - timedelta(seconds=1))
    young.save("Typed before nine, here after.", base=1, at=NINE)
    for at in (NINE + timedelta(seconds=1), SEVEN - timedelta(seconds=1)):
        with pytest.raises(Refused, match="closed until 7 in the morning"):
            young.save("Typed after nine.", base=2, at=at)
    young.save("In the morning.", base=2, at=SEVEN)
    assert texts() == [(1, "Before nine."), (2, "Typed before nine, here after."), (3, "In the morning.")]


def test_after_midnight_it_is_still_the_same_night(young):
    young.save("Late.", base=0, at=NINE + timedelta(hours=1))
    with pytest.raises(Refused, match="closed until 7"):
        young.save("Later.", base=1, at=NINE + timedelta(hours=4))
    assert young.save("Late.", base=1, at=NINE + timedelta(hours=4)).number == 1


def test_each_night_keeps_what_arrives_late_once(young):
    young.save("Monday.", base=0, at=NINE)
    young.save("Tuesday.", base=1, at=NINE + timedelta(days=1))
    assert texts() == [(1, "Monday."), (2, "Tuesday.")]


def test_at_night_no_earlier_version_is_made_the_newest(young):
    young.save("One.", base=0, at=NINE - timedelta(hours=2))
    young.save("Two.", base=1, at=NINE - timedelta(hours=1))
    with pytest.raises(Refused, match="closed until 7"):
        young.restore(1, base=2, at=NINE)
    assert len(texts()) == 2


def test_an_adult_writes_at_night(save, held, advisor):
    for base in (0, 1):
        at = NINE + timedelta(hours=base)
        writing.save(question=held, kind="answer", text=f"{base}", details=[], base=base, by=advisor, now=at)
    assert len(texts()) == 2


def test_nothing_is_sent_at_night_by_an_advisor_under_18(young):
    young.save("Hi.", base=0, at=NINE)
    with pytest.raises(Refused, match=r"It's late\. Your draft is saved"):
        young.submit(base=1, at=NINE)
    young.submit(base=1, at=SEVEN)
    assert Question.objects.get().status == "in_review"


def test_nothing_is_taken_back_out_of_review_at_night_by_an_advisor_under_18(young, now):
    young.save("Hi.", base=0, at=now)
    young.submit(base=1, at=now)
    with pytest.raises(Refused, match="closed until 7"):
        young.pull_back(at=NINE)
    young.pull_back(at=NINE - timedelta(seconds=1))
    assert Question.objects.get().status == "in_progress"


def test_what_a_reply_made_heavier_an_advisor_under_18_neither_saves_nor_sends(young, now):
    young.save("Hi.", base=0, at=now)
    young.save("Hello.", base=1, at=now)
    Question.objects.update(level="amber")
    for act in (
        lambda: young.save("And more.", base=2, at=now),
        lambda: young.restore(1, base=2, at=now),
        lambda: young.submit(base=2, at=now),
    ):
        with pytest.raises(
            Refused, match=r"^This has become one for an advisor who is 18 or over\. Your draft is kept"
        ):
            act()
    assert (texts(), Question.objects.get().status) == ([(1, "Hi."), (2, "Hello.")], "in_progress")
