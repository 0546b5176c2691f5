from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from advisors.drafting import claiming, writing
from advisors.drafting.models import Draft, DraftVersion
from advisors.models import Person
from advisors.signoff import leaving, levels, masking, reviewing
from advisors.signoff.models import Approval, Comment
from askpeer.errors import Refused, Stale
from questions.models import Message
from tests.advisors.signoff.conftest import BIG_EDIT, DRAFT, SMALL_EDIT, row, signed_in, waiting
from tests.factories import FINE, ManagerFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def edited(in_review, now, ruth):
    """A draft that Ruth edited; with the text and the level asked for."""

    def make(text=SMALL_EDIT, *, level="green", note="", **values):
        draft = in_review(level=level, **values)
        reviewing.edit(draft=draft, base=1, text=text, by=ruth, now=now, note=note)
        return waiting(draft.round.question)

    return make


def test_an_edit_is_a_new_version_by_its_editor_with_the_details_kept(edited, ruth):
    version = edited().versions.get(number=2)
    version.draft.round.question = row(version.draft)
    assert (version.writer, version.text, writing.details_of(version)) == (
        ruth,
        SMALL_EDIT,
        ["new school", "lunch alone"],
    )


def test_the_author_accepts_a_small_edit_of_a_green_draft_and_it_is_sent(edited, now, advisor, ruth):
    draft = edited()
    approval = reviewing.accept(draft=draft, number=2, by=advisor, now=now)
    assert (approval.writer, approval.approver) == (ruth, advisor)
    assert (row(draft).status, Message.objects.get(kind="answer").text) == ("answered", SMALL_EDIT)


def test_the_editor_does_not_approve_their_own_edit(edited, now, ruth):
    with pytest.raises(Refused, match="You wrote this wording"):
        reviewing.approve(draft=edited(), number=2, by=ruth, now=now + timedelta(hours=2), marks=FINE)


def returned(draft, *, text, by, note="", now):
    """A draft that `by` edited and gave back: the question, waiting for its author to go on from version 2."""
    reviewing.edit(draft=draft, base=1, text=text, by=by, now=now, note=note)
    draft = waiting(draft.round.question)
    comment = reviewing.comment(draft=draft, number=2, paragraph=0, text="Warmer?", by=by, now=now)
    reviewing.request_changes(draft=draft, number=2, by=by, now=now)
    reviewing.resolve(comment=comment, by=by, now=now)
    return row(draft)


def sent_again(question, version, *, by, now):
    """The author's version, sent for review."""
    writing.submit(question=question, kind="answer", base=version.number, by=by, version=question.version, now=now)
    return waiting(question)


@pytest.mark.parametrize("text", [BIG_EDIT, BIG_EDIT.replace("at lunch", "at break")])
def test_the_editor_does_not_approve_their_own_words_under_the_authors_name(in_review, now, advisor, ruth, omar, text):
    question = returned(in_review(), text=BIG_EDIT, by=ruth, note="Shorter.", now=now)
    details = ["new school", "lunch alone", "My mum"]
    version = writing.save(question=question, kind="answer", text=text, details=details, base=2, by=advisor, now=now)
    draft = sent_again(question, version, by=advisor, now=now)
    with pytest.raises(Refused, match="Most of this wording is your own from an earlier version"):
        reviewing.approve(draft=draft, number=3, by=ruth, now=now, marks=FINE)
    assert row(draft).status == "in_review"
    reviewing.approve(draft=waiting(question), number=3, by=omar, now=now, marks=FINE)
    assert Message.objects.get(kind="answer").text == text


def test_the_editor_does_not_approve_their_own_words_that_the_author_brought_back(in_review, now, advisor, ruth):
    question = returned(in_review(), text=BIG_EDIT, by=ruth, note="Shorter.", now=now)
    values = {"question": question, "kind": "answer", "by": advisor, "now": now}
    writing.save(text="Something else.", details=["new school", "lunch alone"], base=2, **values)
    version = writing.restore(number=2, base=3, **values)
    with pytest.raises(Refused, match="Most of this wording is your own from an earlier version"):
        reviewing.approve(
            draft=sent_again(question, version, by=advisor, now=now), number=4, by=ruth, now=now, marks=FINE
        )
    assert row(version.draft).status == "in_review"


def test_small_steps_that_the_author_took_over_count_together(in_review, now, advisor, ruth):
    words = DRAFT.split(" ")
    first = " ".join([*words[:-6], "See", "you."])
    question = returned(in_review(), text=first, by=ruth, now=now)
    values = {"question": question, "kind": "answer", "details": ["new school", "lunch alone"], "now": now}
    draft = sent_again(question, writing.save(text=first + " Bye.", base=2, by=advisor, **values), by=advisor, now=now)
    second = " ".join(["Hello", "to", "you.", *f"{first} Bye.".split(" ")[3:]])
    reviewing.edit(draft=draft, base=3, text=second, by=ruth, now=now)
    reviewing.comment(draft=waiting(question), number=4, paragraph=0, text="Yours?", by=ruth, now=now)
    reviewing.request_changes(draft=waiting(question), number=4, by=ruth, now=now)
    Comment.objects.update(resolved_at=now, resolved_by=ruth)
    values["question"] = question = row(draft)
    draft = sent_again(question, writing.save(text=second + " Bye.", base=4, by=advisor, **values), by=advisor, now=now)
    with pytest.raises(Refused, match="Most of this wording is your own from an earlier version"):
        reviewing.approve(draft=draft, number=5, by=ruth, now=now, marks=FINE)


def test_a_few_words_that_the_author_took_over_leave_the_wording_the_authors(in_review, now, advisor, ruth):
    question = returned(in_review(), text=SMALL_EDIT, by=ruth, now=now)
    details = ["new school", "lunch alone", "My mum"]
    values = {"question": question, "kind": "answer", "text": SMALL_EDIT, "details": details, "now": now}
    version = writing.save(base=2, by=advisor, **values)
    reviewing.approve(draft=sent_again(question, version, by=advisor, now=now), number=3, by=ruth, now=now, marks=FINE)
    assert Message.objects.get(kind="answer").text == SMALL_EDIT


@pytest.mark.parametrize("level", ["amber", "red"])
def test_above_green_a_few_words_that_still_stand_are_enough(in_review, now, advisor, ruth, omar, level):
    question = returned(in_review(level=level), text=SMALL_EDIT, by=ruth, now=now)
    values = {"question": question, "kind": "answer", "details": ["new school", "lunch alone"], "now": now}
    version = writing.save(text=f"{SMALL_EDIT}!", base=2, by=advisor, **values)
    draft = sent_again(question, version, by=advisor, now=now)
    with pytest.raises(Refused, match="Most of this wording is your own from an earlier version"):
        reviewing.approve(draft=draft, number=3, by=ruth, now=now, marks=FINE)
    reviewing.approve(draft=waiting(question), number=3, by=omar, now=now, marks=FINE)
    assert Approval.objects.get(voided_at=None).approver == omar


def test_above_green_words_that_the_author_took_out_again_count_no_more(in_review, now, advisor, ruth):
    question = returned(in_review(level="amber"), text=SMALL_EDIT, by=ruth, now=now)
    values = {"question": question, "kind": "answer", "details": ["new school", "lunch alone"], "now": now}
    version = writing.save(text=f"{DRAFT}!", base=2, by=advisor, **values)
    reviewing.approve(draft=sent_again(question, version, by=advisor, now=now), number=3, by=ruth, now=now, marks=FINE)
    assert Message.objects.get(kind="answer").text == f"{DRAFT}!"


def test_who_was_off_boarded_a_moment_ago_accepts_nothing(edited, now, advisor):
    draft = edited()
    leaving.leave(person=Person.objects.get(pk=advisor.pk), by=ManagerFactory(), now=now)
    with pytest.raises(Refused, match="This account is closed"):
        reviewing.accept(draft=draft, number=2, by=advisor, now=now)
    assert row(draft).status == "in_review"


@pytest.mark.parametrize(
    "late", [{"leaving_on": date(2026, 11, 16)}, {"agreed_to": "2025-01"}, {"vetted_until": date(2026, 11, 15)}]
)
def test_on_their_last_day_and_with_checks_that_ran_out_they_finish_what_they_hold(edited, now, advisor, late):
    draft = edited()
    Person.objects.filter(pk=advisor.pk).update(**late)
    reviewing.accept(draft=draft, number=2, by=advisor, now=now)
    assert row(draft).status == "answered"


def test_who_is_too_young_finishes_nothing(edited, now, advisor):
    draft = edited()
    Person.objects.filter(pk=advisor.pk).update(born_on=date(2011, 5, 1), guardian_consent_on=None)
    with pytest.raises(Refused, match="guardian's yes"):
        reviewing.accept(draft=draft, number=2, by=advisor, now=now)


def test_who_stopped_holding_it_a_moment_ago_accepts_nothing(edited, now, advisor):
    draft = edited()
    claiming.release_all(Person.objects.get(pk=advisor.pk), now=now)
    with pytest.raises(Stale):
        reviewing.accept(draft=draft, number=2, by=advisor, now=now)
    assert row(draft).status == "in_review"


def test_a_second_supervisor_waits_one_open_hour_for_the_author(edited, now, omar):
    draft = edited()
    with pytest.raises(Refused, match="The author has one open hour"):
        reviewing.approve(draft=draft, number=2, by=omar, now=now + timedelta(minutes=59, seconds=59), marks=FINE)
    reviewing.approve(draft=waiting(draft.round.question), number=2, by=omar, now=now + timedelta(hours=1), marks=FINE)
    assert row(draft).status == "answered"


def words(count):
    return [f"word{number}" for number in range(count)]


@pytest.mark.parametrize(("changed", "small"), [(3, True), (4, False)])
def test_15_percent_exactly_is_small_and_a_word_more_is_not(in_review, now, ruth, advisor, changed, small):
    draft = in_review(text=" ".join(words(20)))
    text = " ".join(["other"] * changed + words(20)[changed:])
    if not small:
        with pytest.raises(Refused, match="Write the author a learning note"):
            reviewing.edit(draft=draft, base=1, text=text, by=ruth, now=now)
    reviewing.edit(draft=draft, base=1, text=text, by=ruth, now=now, note="" if small else "Look.")
    act = partial(reviewing.accept, draft=waiting(draft.round.question), number=2, by=advisor, now=now)
    if small:
        act()
    else:
        with pytest.raises(Refused, match="This wording needs a second supervisor"):
            act()
    assert row(draft).status == ("answered" if small else "in_review")


def test_several_small_edits_together_need_one_learning_note(in_review, now, ruth, omar):
    draft = in_review(text=" ".join(words(20)))
    steps = [" ".join([*["other"] * changed, *words(20)[changed:]]) for changed in (3, 6, 7)]
    reviewing.edit(draft=draft, base=1, text=steps[0], by=ruth, now=now)
    with pytest.raises(Refused, match="You changed more than 15 % of it"):
        reviewing.edit(draft=draft, base=2, text=steps[1], by=omar, now=now)
    reviewing.edit(draft=draft, base=2, text=steps[1], by=omar, now=now, note="Plainer words.")
    reviewing.edit(draft=draft, base=3, text=steps[2], by=ruth, now=now)
    assert Comment.objects.count() == 1


@pytest.mark.parametrize("level", ["amber", "red"])
def test_a_level_that_is_raised_between_edit_and_acceptance_takes_it_from_the_author(
    edited, now, advisor, ruth, omar, level
):
    draft = edited()
    before = waiting(row(draft))
    levels.raise_level(question=row(draft), level=level, reason="", by=ruth, now=now)
    for stale, refusal in ((before, Stale), (waiting(row(draft)), Refused)):
        with pytest.raises(refusal):
            reviewing.accept(draft=stale, number=2, by=advisor, now=now)
    reviewing.approve(draft=waiting(row(draft)), number=2, by=omar, now=now, marks=FINE)
    assert row(draft).status == ("answered" if level == "amber" else "in_review")


def test_a_small_edit_whose_author_was_off_boarded_waits_for_nobody(edited, now, advisor, ruth, omar):
    draft = edited()
    leaving.leave(person=Person.objects.get(pk=advisor.pk), by=ManagerFactory(), now=now)
    with pytest.raises(Refused, match="You wrote this wording"):
        reviewing.approve(draft=waiting(row(draft)), number=2, by=ruth, now=now, marks=FINE)
    reviewing.approve(draft=waiting(row(draft)), number=2, by=omar, now=now, marks=FINE)
    assert Message.objects.get(kind="answer").text == SMALL_EDIT


def test_an_edit_of_an_edit_is_accepted_by_the_author_and_never_signed_by_its_editor(edited, now, advisor, ruth, omar):
    draft = edited()
    second = SMALL_EDIT.replace("try it", "do it")
    reviewing.edit(draft=draft, base=2, text=second, by=omar, now=now)
    with pytest.raises(Refused, match="You wrote this wording"):
        reviewing.approve(draft=waiting(row(draft)), number=3, by=omar, now=now + timedelta(hours=2), marks=FINE)
    approval = reviewing.accept(draft=waiting(row(draft)), number=3, by=advisor, now=now)
    assert (approval.writer, approval.approver, Message.objects.get(kind="answer").text) == (omar, advisor, second)


def test_an_editors_words_that_came_back_through_another_editor_are_still_theirs(in_review, now, ruth, omar, lead):
    draft = in_review(level="amber")
    reviewing.edit(draft=draft, base=1, text=BIG_EDIT, by=ruth, now=now, note="Shorter.")
    reviewing.edit(draft=waiting(row(draft)), base=2, text=DRAFT, by=omar, now=now, note="Back.")
    reviewing.edit(draft=waiting(row(draft)), base=3, text=BIG_EDIT, by=omar, now=now, note="Shorter after all.")
    with pytest.raises(Refused, match="Most of this wording is your own from an earlier version"):
        reviewing.approve(draft=waiting(row(draft)), number=4, by=ruth, now=now, marks=FINE)
    reviewing.approve(draft=waiting(row(draft)), number=4, by=lead, now=now, marks=FINE)
    assert Message.objects.get(kind="answer").text == BIG_EDIT


def test_sources_stay_with_the_wording_that_an_editor_saves(edited, now, omar):
    draft = edited()
    DraftVersion.objects.create(draft=draft, number=3, writer=omar, text=DRAFT, sources="nhs.uk", saved_at=now)
    Draft.objects.filter(pk=draft.pk).update(number=3)
    version = reviewing.edit(draft=waiting(row(draft)), base=3, text=SMALL_EDIT, by=omar, now=now)
    assert version.sources == "nhs.uk"


def test_the_hour_counts_open_time_only(in_review, omar, ruth):
    draft = in_review()
    evening = datetime(2026, 11, 16, 17, 30, tzinfo=UTC)
    reviewing.edit(draft=draft, base=1, text=SMALL_EDIT, by=ruth, now=evening)
    morning = datetime(2026, 11, 17, 10, 29, 59, tzinfo=UTC)
    with pytest.raises(Refused, match="The author has one open hour"):
        reviewing.approve(draft=waiting(draft.round.question), number=2, by=omar, now=morning, marks=FINE)
    half_past = datetime(2026, 11, 17, 10, 30, tzinfo=UTC)
    reviewing.approve(draft=waiting(draft.round.question), number=2, by=omar, now=half_past, marks=FINE)
    assert row(draft).status == "answered"


@pytest.mark.parametrize(
    ("text", "level", "note"),
    [(BIG_EDIT, "green", "Shorter is kinder."), (SMALL_EDIT, "amber", ""), (SMALL_EDIT, "red", "")],
)
def test_a_large_or_heavier_edit_is_never_the_authors_to_accept(edited, now, advisor, text, level, note):
    draft = edited(text, level=level, note=note)
    with pytest.raises(Refused, match="This wording needs a second supervisor"):
        reviewing.accept(draft=draft, number=2, by=advisor, now=now)
    assert row(draft).status == "in_review"


@pytest.mark.parametrize(("text", "level", "note"), [(BIG_EDIT, "green", "Shorter."), (SMALL_EDIT, "amber", "")])
def test_a_second_supervisor_approves_a_large_or_amber_edit_at_once(edited, now, omar, text, level, note):
    draft = edited(text, level=level, note=note)
    reviewing.approve(draft=draft, number=2, by=omar, now=now, marks=FINE)
    assert Message.objects.get(kind="answer").text == text


def test_two_small_edits_count_together(edited, now, advisor, ruth):
    draft = edited()
    words = SMALL_EDIT.split(" ")
    reviewing.edit(draft=draft, base=2, text=" ".join([*words[:-6], "See", "you."]), by=ruth, now=now)
    draft = waiting(draft.round.question)
    last = draft.versions.get(number=3)
    reviewing.edit(
        draft=draft, base=3, text=" ".join(["Hi.", *_text(last).split(" ")[:-4]]), by=ruth, now=now, note="Shorter."
    )
    with pytest.raises(Refused, match="This wording needs a second supervisor"):
        reviewing.accept(draft=waiting(draft.round.question), number=4, by=advisor, now=now)


def _text(version):
    version.draft.round.question = row(version.draft)
    return version.text


def test_only_the_author_accepts(edited, now, omar):
    with pytest.raises(Refused, match="You no longer hold this question"):
        reviewing.accept(draft=edited(), number=2, by=omar, now=now)


def test_the_author_cannot_accept_their_own_wording(in_review, now, advisor):
    with pytest.raises(Refused, match="This wording needs a second supervisor"):
        reviewing.accept(draft=in_review(), number=1, by=advisor, now=now)


def test_the_author_accepts_exactly_what_they_read(edited, now, advisor, ruth):
    draft = edited()
    reviewing.edit(draft=draft, base=2, text=DRAFT.replace("hard", "tough"), by=ruth, now=now)
    with pytest.raises(Stale, match="There is a newer wording"):
        reviewing.accept(draft=waiting(draft.round.question), number=2, by=advisor, now=now)
    assert row(draft).status == "in_review"


def test_an_author_accepts_an_edited_clarification_too(in_review, now, advisor, ruth):
    asked = "Is there one person you like there, at lunch or in class or in a club?"
    draft = in_review(kind="clarification", text=asked, email="someone@example.org")
    reviewing.edit(draft=draft, base=1, text=asked.replace("like", "trust"), by=ruth, now=now)
    draft = waiting(draft.round.question)
    reviewing.accept(draft=draft, number=2, by=advisor, now=now)
    assert row(draft).status == "pending_asker"


def test_more_than_15_percent_needs_a_learning_note(in_review, now, ruth):
    draft = in_review()
    with pytest.raises(Refused, match="Write the author a learning note"):
        reviewing.edit(draft=draft, base=1, text=BIG_EDIT, by=ruth, now=now)
    reviewing.edit(draft=draft, base=1, text=BIG_EDIT, by=ruth, now=now, note="Shorter is kinder.")
    comment = Comment.objects.select_related("version__draft__round__question").get()
    assert (comment.text, comment.version.number, comment.resolved_by) == ("Shorter is kinder.", 2, ruth)


def test_the_second_of_two_editors_keeps_both_texts(in_review, now, ruth, omar):
    first = in_review()
    second = waiting(first.round.question)
    reviewing.edit(draft=first, base=1, text=SMALL_EDIT, by=ruth, now=now)
    with pytest.raises(writing.Conflict) as conflict:
        reviewing.edit(draft=second, base=1, text=BIG_EDIT, by=omar, now=now)
    assert (conflict.value.theirs.text, conflict.value.mine) == (SMALL_EDIT, BIG_EDIT)
    assert DraftVersion.objects.count() == 2


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The answer is empty. Write it, or ask the author for changes."),
        (DRAFT, "You have changed nothing yet. Approve it as it is, or change a word."),
        ("x" * 6001, "This can have 6,000 characters at most. It has 6,001."),
        ("a\0b", "There is a character in your text that we cannot store. Try typing that part again."),
    ],
)
def test_an_edit_that_cannot_stand_is_refused_with_a_sentence(in_review, now, ruth, text, sentence):
    with pytest.raises(Refused) as refused:
        reviewing.edit(draft=in_review(), base=1, text=text, by=ruth, now=now)
    assert (str(refused.value), DraftVersion.objects.count()) == (sentence, 1)


def test_a_draft_that_left_review_is_not_edited(in_review, now, ruth, advisor):
    draft = in_review()
    writing.pull_back(question=row(draft), by=advisor, version=row(draft).version, now=now)
    with pytest.raises(Stale):
        reviewing.edit(draft=draft, base=1, text=SMALL_EDIT, by=ruth, now=now)


def test_nothing_is_accepted_at_night_by_an_advisor_under_18(edited, now):
    young = PersonFactory(born_on=date(2010, 3, 1))
    draft = edited(by=young)
    nine = now.replace(hour=21)
    with pytest.raises(Refused, match=r"It's late\. You can accept it after 7 tomorrow morning\."):
        reviewing.accept(draft=draft, number=2, by=young, now=nine)
    reviewing.accept(draft=draft, number=2, by=young, now=nine - timedelta(seconds=1))
    assert row(draft).status == "answered"


def test_an_edit_that_holds_a_hidden_name_goes_to_a_second_supervisor_and_its_author_reads_it_hidden(
    edited, now, advisor, ruth, omar
):
    draft = edited(DRAFT.replace("one person", "Rex"))
    masking.mask(question=row(draft), names=["Rex"], by=ruth, now=now)
    with pytest.raises(Refused, match=r"^This wording needs a second supervisor\."):
        reviewing.accept(draft=waiting(draft.round.question), number=2, by=advisor, now=now)
    page = signed_in(advisor).get(f"/review/{draft.round.question_id}/accept/").content.decode()
    assert ("Rex" in page, "[name]" in page) == (False, True)
    reviewing.approve(draft=waiting(draft.round.question), number=2, by=omar, now=now, marks=FINE)
    assert "Rex" in Message.objects.get(kind="answer").text
