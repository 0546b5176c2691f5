from datetime import timedelta

import pytest

from advisors.drafting import claiming, writing
from advisors.drafting.models import Claim, Draft
from advisors.models import Person
from advisors.signoff import leaving, levels, listing, reviewing
from advisors.signoff.models import Approval, Comment, Reviewing
from askpeer import prose
from askpeer.errors import Refused, Stale
from questions import erasing, moves
from questions.models import Contact, Message, Question
from tests.advisors.signoff.conftest import BIG_EDIT, DRAFT, SMALL_EDIT, row, waiting
from tests.factories import FINE, ManagerFactory, SupervisorFactory

pytestmark = pytest.mark.django_db


def test_one_signature_sends_a_green_answer_in_exactly_that_wording(in_review, now, ruth):
    draft = in_review()
    approval = reviewing.approve(draft=draft, number=1, by=ruth, now=now, marks=FINE)
    question, message = row(draft), Message.objects.get(kind="answer")
    digest = prose.digest(DRAFT, key=question.key())
    assert (question.status, message.text, message.html) == ("answered", DRAFT, prose.render(DRAFT))
    assert (bytes(message.digest), bytes(approval.digest)) == (digest, digest)
    assert (question.round.answered_at, Claim.objects.get().released_at) == (now, now)
    assert Draft.objects.get().submitted_at is None


@pytest.fixture
def in_dutch(in_review, advisor):
    """A draft in Dutch that waits for review, by an advisor who speaks it."""
    advisor.languages = ["en", "nl"]
    advisor.save()
    return in_review(language="nl")


def test_a_draft_is_signed_and_edited_by_those_who_read_its_language(in_dutch, now, ruth, omar):
    sentence = r"^This is in Dutch\. It is for people who read and answer in Dutch\.$"
    with pytest.raises(Refused, match=sentence):
        reviewing.approve(draft=in_dutch, number=1, by=ruth, now=now, marks=FINE)
    with pytest.raises(Refused, match=sentence):
        reviewing.edit(draft=in_dutch, base=1, text=SMALL_EDIT, by=ruth, now=now)
    with pytest.raises(Refused, match="Nothing is waiting for your review right now"):
        reviewing.take_next(by=ruth, now=now)
    assert [reviewing.queue(person, now=now).items for person in (ruth, omar)] == [[], []]
    omar.languages = ["en", "nl"]
    omar.save()
    assert reviewing.take_next(by=omar, now=now) == in_dutch
    reviewing.approve(draft=in_dutch, number=1, by=omar, now=now, marks=FINE)
    assert row(in_dutch).status == "answered"


def test_a_draft_that_nobody_can_read_any_more_is_seen_when_it_runs_late_and_can_go_back(in_dutch, now, ruth):
    due = row(in_dutch).round.due_at
    assert [item.question for item in listing.behind(ruth, now=due)] == [row(in_dutch)]
    ruth.languages = ["en", "nl"]
    assert listing.behind(ruth, now=due) == []
    ruth.refresh_from_db()
    reviewing.comment(draft=in_dutch, number=1, paragraph=0, text="Nobody can check this here now.", by=ruth, now=now)
    reviewing.request_changes(draft=in_dutch, number=1, by=ruth, now=now)
    assert row(in_dutch).status == "changes_requested"


def test_nobody_approves_their_own_draft(in_review, now, ruth, omar):
    draft = in_review(by=omar)
    with pytest.raises(Refused, match="You cannot review your own draft"):
        reviewing.approve(draft=draft, number=1, by=omar, now=now, marks=FINE)
    reviewing.approve(draft=waiting(draft.round.question), number=1, by=ruth, now=now, marks=FINE)
    assert row(draft).status == "answered"


def test_an_advisor_approves_nothing(in_review, now, advisor):
    with pytest.raises(Refused, match="Only a supervisor"):
        reviewing.approve(draft=in_review(), number=1, by=advisor, now=now, marks=FINE)


def test_a_newer_version_makes_the_reader_stale(in_review, now, ruth, omar):
    draft = in_review()
    reviewing.edit(draft=draft, base=1, text=SMALL_EDIT, by=omar, now=now)
    with pytest.raises(Stale, match="There is a newer wording"):
        reviewing.approve(draft=waiting(draft.round.question), number=1, by=ruth, now=now, marks=FINE)
    assert (row(draft).status, Approval.objects.count()) == ("in_review", 0)


def test_the_second_of_two_who_approve_is_stale_and_one_answer_stands(in_review, now, ruth, omar):
    first = in_review()
    second = waiting(first.round.question)
    reviewing.approve(draft=first, number=1, by=ruth, now=now, marks=FINE)
    with pytest.raises(Stale):
        reviewing.approve(draft=second, number=1, by=omar, now=now, marks=FINE)
    assert (Message.objects.filter(kind="answer").count(), Approval.objects.get().approver) == (1, ruth)


def test_an_open_comment_blocks_approval_until_it_is_resolved(in_review, now, ruth, omar):
    draft = in_review()
    comment = reviewing.comment(draft=draft, number=1, paragraph=2, text="Which club?", by=omar, now=now)
    with pytest.raises(Refused, match="There is an open comment"):
        reviewing.approve(draft=draft, number=1, by=ruth, now=now, marks=FINE)
    reviewing.resolve(comment=comment, by=ruth, now=now)
    with pytest.raises(Stale, match="already resolved"):
        reviewing.resolve(comment=Comment.objects.select_related("version__draft__round").get(), by=omar, now=now)
    reviewing.approve(draft=draft, number=1, by=ruth, now=now, marks=FINE)
    assert row(draft).status == "answered"


@pytest.mark.parametrize(
    ("text", "paragraph", "sentence"),
    [
        ("", 0, "Write what the author should think about."),
        ("x" * 1001, 0, "A comment can have 1,000 characters at most. This one has 1,001."),
        ("Which?", 4, "Choose a paragraph of this draft."),
        ("Which?", -1, "Choose a paragraph of this draft."),
    ],
)
def test_a_comment_that_cannot_stand_is_refused_with_a_sentence(in_review, now, ruth, text, paragraph, sentence):
    with pytest.raises(Refused) as refused:
        reviewing.comment(draft=in_review(), number=1, paragraph=paragraph, text=text, by=ruth, now=now)
    assert (str(refused.value), Comment.objects.count()) == (sentence, 0)


def test_no_comment_and_no_reader_comes_to_a_draft_that_was_just_sent(in_review, now, ruth, omar):
    draft = in_review()
    stale = waiting(draft.round.question)
    reviewing.approve(draft=draft, number=1, by=ruth, now=now, marks=FINE)
    with pytest.raises(Stale, match="Someone else was a moment faster"):
        reviewing.comment(draft=stale, number=1, paragraph=0, text="Which club?", by=omar, now=now)
    with pytest.raises(Stale, match="Someone else was a moment faster"):
        reviewing.start(draft=stale, by=omar, now=now)
    assert (Comment.objects.count(), Reviewing.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "act",
    [
        lambda draft, **who: reviewing.comment(draft=draft, number=1, paragraph=0, text="Which club?", **who),
        lambda draft, **who: reviewing.start(draft=draft, **who),
        lambda draft, **who: reviewing.approve(draft=draft, number=1, **who, marks=FINE),
        lambda draft, **who: reviewing.edit(draft=draft, base=1, text=SMALL_EDIT, **who),
        lambda draft, **who: reviewing.request_changes(draft=draft, number=1, **who),
    ],
)
def test_a_draft_that_was_just_erased_takes_nothing_more(in_review, now, ruth, settings, tmp_path, act):
    settings.LEDGER = tmp_path / "erased.txt"
    draft = in_review()
    erasing.erase(row(draft), by=moves.ASKER, now=now)
    with pytest.raises(Stale, match="Someone else was a moment faster"):
        act(draft, by=ruth, now=now)
    assert (Comment.objects.count(), Reviewing.objects.count(), Draft.objects.count()) == (0, 0, 0)


def test_a_comment_outside_review_is_refused(in_review, now, ruth, advisor):
    draft = in_review()
    writing.pull_back(question=row(draft), by=advisor, version=row(draft).version, now=now)
    draft.round.question = row(draft)
    with pytest.raises(Refused, match="This draft is not in review any more"):
        reviewing.comment(draft=draft, number=1, paragraph=0, text="Which club?", by=ruth, now=now)


def test_who_was_off_boarded_a_moment_ago_signs_nothing(in_review, now, ruth):
    draft = in_review()
    leaving.leave(person=Person.objects.get(pk=ruth.pk), by=ManagerFactory(), now=now)
    with pytest.raises(Refused, match="Only a supervisor or the safeguarding lead can do this"):
        reviewing.approve(draft=draft, number=1, by=ruth, now=now, marks=FINE)
    assert (row(draft).status, Approval.objects.count()) == ("in_review", 0)


def test_a_deputy_until_a_moment_ago_does_not_complete_red(in_review, now, ruth):
    draft, deputy = in_review(level="red"), SupervisorFactory(deputy=True)
    reviewing.approve(draft=draft, number=1, by=ruth, now=now, marks=FINE)
    Person.objects.filter(pk=deputy.pk).update(deputy=False)
    with pytest.raises(Refused, match="safeguarding lead's or a deputy's"):
        reviewing.approve(draft=waiting(draft.round.question), number=1, by=deputy, now=now, marks=FINE)


def test_red_waits_for_a_second_signature_by_the_lead(in_review, now, ruth, omar, lead):
    draft = in_review(level="red")
    reviewing.approve(draft=draft, number=1, by=ruth, now=now, marks=FINE)
    assert (row(draft).status, Message.objects.filter(kind="answer").count()) == ("in_review", 0)
    with pytest.raises(Refused, match="You have signed this wording already"):
        reviewing.approve(draft=waiting(draft.round.question), number=1, by=ruth, now=now, marks=FINE)
    with pytest.raises(Refused, match="safeguarding lead's or a deputy's"):
        reviewing.approve(draft=waiting(draft.round.question), number=1, by=omar, now=now, marks=FINE)
    reviewing.approve(draft=waiting(draft.round.question), number=1, by=lead, now=now, marks=FINE)
    assert (row(draft).status, Message.objects.get(kind="answer").text) == ("answered", DRAFT)


def test_a_deputy_may_be_the_second_on_red(in_review, now, ruth):
    draft, deputy = in_review(level="red"), SupervisorFactory(deputy=True)
    reviewing.approve(draft=draft, number=1, by=ruth, now=now, marks=FINE)
    reviewing.approve(draft=waiting(draft.round.question), number=1, by=deputy, now=now, marks=FINE)
    assert row(draft).status == "answered"


def test_where_the_lead_signed_first_any_supervisor_completes_it(in_review, now, ruth, lead):
    draft = in_review(level="red")
    reviewing.approve(draft=draft, number=1, by=lead, now=now, marks=FINE)
    reviewing.approve(draft=waiting(draft.round.question), number=1, by=ruth, now=now, marks=FINE)
    assert row(draft).status == "answered"


@pytest.mark.parametrize("level", ["amber", "green"])
def test_lowered_while_one_signature_stands_it_waits_for_somebody_to_press_again(in_review, now, ruth, omar, level):
    draft = in_review(level="red")
    reviewing.approve(draft=draft, number=1, by=ruth, now=now, marks=FINE)
    levels.lower_level(question=row(draft), level=level, reason="Safe tonight.", by=omar, now=now)
    assert (row(draft).status, Message.objects.filter(kind="answer").count()) == ("in_review", 0)
    assert [item.draft for item in reviewing.queue(ruth, now=now).items] == [draft]
    reviewing.approve(draft=waiting(row(draft)), number=1, by=ruth, now=now, marks=FINE)
    assert (row(draft).status, Approval.objects.count()) == ("answered", 1)


def test_lowered_while_one_signature_stands_a_second_person_may_send_it_too(in_review, now, ruth, omar):
    draft = in_review(level="red")
    reviewing.approve(draft=draft, number=1, by=ruth, now=now, marks=FINE)
    levels.lower_level(question=row(draft), level="amber", reason="Safe tonight.", by=omar, now=now)
    reviewing.approve(draft=waiting(row(draft)), number=1, by=omar, now=now, marks=FINE)
    assert (row(draft).status, Approval.objects.filter(voided_at=None).count()) == ("answered", 2)


def test_lowered_while_one_signature_stands_other_words_are_not_sent_by_it(in_review, now, ruth, omar, lead):
    draft = in_review(level="red")
    reviewing.approve(draft=draft, number=1, by=ruth, now=now, marks=FINE)
    levels.lower_level(question=row(draft), level="amber", reason="Safe tonight.", by=omar, now=now)
    reviewing.edit(draft=waiting(row(draft)), base=1, text=SMALL_EDIT, by=omar, now=now)
    with pytest.raises(Stale, match="There is a newer wording"):
        reviewing.approve(draft=waiting(row(draft)), number=1, by=ruth, now=now, marks=FINE)
    assert (row(draft).status, Approval.objects.filter(voided_at=None).count()) == ("in_review", 0)
    reviewing.approve(draft=waiting(row(draft)), number=2, by=ruth, now=now, marks=FINE)
    assert Message.objects.get(kind="answer").text == SMALL_EDIT


def test_raised_again_while_one_signature_stands_the_lead_still_has_to_sign(in_review, now, ruth, omar, lead):
    draft = in_review(level="red")
    reviewing.approve(draft=draft, number=1, by=ruth, now=now, marks=FINE)
    levels.lower_level(question=row(draft), level="amber", reason="Safe tonight.", by=omar, now=now)
    stale = waiting(row(draft))
    levels.raise_level(question=row(draft), level="red", reason="", by=omar, now=now)
    with pytest.raises(Stale):
        reviewing.approve(draft=stale, number=1, by=ruth, now=now, marks=FINE)
    for person, sentence in ((ruth, "You have signed this wording already"), (omar, "safeguarding lead's")):
        with pytest.raises(Refused, match=sentence):
            reviewing.approve(draft=waiting(row(draft)), number=1, by=person, now=now, marks=FINE)
    assert Message.objects.filter(kind="answer").count() == 0
    reviewing.approve(draft=waiting(row(draft)), number=1, by=lead, now=now, marks=FINE)
    assert (row(draft).status, Approval.objects.filter(voided_at=None).count()) == ("answered", 2)


def test_the_second_of_two_on_red_signs_the_same_words(in_review, now, ruth, lead):
    draft = in_review(level="red")
    approval = reviewing.approve(draft=draft, number=1, by=ruth, now=now, marks=FINE)
    Approval.objects.filter(pk=approval.pk).update(digest=b"x" * 32)
    with pytest.raises(Refused, match="These are not the words that were approved"):
        reviewing.approve(draft=waiting(row(draft)), number=1, by=lead, now=now, marks=FINE)
    assert (row(draft).status, Approval.objects.count()) == ("in_review", 1)


def test_a_new_version_voids_what_was_signed(in_review, now, ruth, omar, lead):
    draft = in_review(level="red")
    reviewing.approve(draft=draft, number=1, by=ruth, now=now, marks=FINE)
    reviewing.edit(draft=waiting(draft.round.question), base=1, text=SMALL_EDIT, by=omar, now=now)
    assert Approval.objects.get().voided_at == now
    reviewing.approve(draft=waiting(draft.round.question), number=2, by=lead, now=now, marks=FINE)
    assert row(draft).status == "in_review"
    reviewing.approve(draft=waiting(draft.round.question), number=2, by=ruth, now=now, marks=FINE)
    assert Message.objects.get(kind="answer").text == SMALL_EDIT


def test_changes_need_a_comment_and_go_back_to_the_author(in_review, now, ruth, advisor):
    draft = in_review()
    with pytest.raises(Refused, match="Write at least one comment"):
        reviewing.request_changes(draft=draft, number=1, by=ruth, now=now)
    reviewing.comment(draft=draft, number=1, paragraph=0, text="Which club?", by=ruth, now=now)
    reviewing.start(draft=draft, by=ruth, now=now)
    reviewing.request_changes(draft=draft, number=1, by=ruth, now=now)
    question = row(draft)
    assert (question.status, question.holder, Draft.objects.get().submitted_at) == ("changes_requested", advisor, None)
    assert Reviewing.objects.count() == 0


def test_the_author_answers_a_comment_with_a_new_version(in_review, now, ruth, advisor):
    draft = in_review()
    comment = reviewing.comment(draft=draft, number=1, paragraph=1, text="Warmer?", by=ruth, now=now)
    reviewing.request_changes(draft=draft, number=1, by=ruth, now=now)
    question = row(draft)
    values = {"question": question, "kind": "answer", "by": advisor, "now": now}
    writing.save(text=SMALL_EDIT, details=["new school", "lunch alone"], base=1, **values)
    writing.submit(base=2, version=question.version, **values)
    reviewing.resolve(comment=comment, by=ruth, now=now)
    reviewing.approve(draft=waiting(question), number=2, by=ruth, now=now, marks=FINE)
    assert Message.objects.get(kind="answer").text == SMALL_EDIT


def test_changes_to_a_draft_without_an_author_wait_on_the_desk(in_review, now, ruth, advisor):
    draft = in_review()
    claiming.release_all(advisor, now=now)
    draft = waiting(draft.round.question)
    reviewing.comment(draft=draft, number=1, paragraph=0, text="Which club?", by=ruth, now=now)
    reviewing.request_changes(draft=draft, number=1, by=ruth, now=now)
    assert row(draft).status == "open"


def test_an_approved_clarification_waits_for_the_asker(in_review, now, ruth):
    draft = in_review(kind="clarification", text="Is there one person you like there?", email="someone@example.org")
    reviewing.approve(draft=draft, number=1, by=ruth, now=now, marks=FINE)
    message = Message.objects.get(kind="clarification")
    assert (row(draft).status, message.text) == ("pending_asker", "Is there one person you like there?")


def test_a_clarification_nobody_could_be_told_of_is_refused(in_review, now, ruth):
    draft = in_review(kind="clarification", text="Is there one person you like there?", email="someone@example.org")
    Contact.objects.all().delete()
    with pytest.raises(Refused, match="put the question inside the answer"):
        reviewing.approve(draft=draft, number=1, by=ruth, now=now, marks=FINE)
    assert (row(draft).status, Approval.objects.count()) == ("in_review", 0)


def test_a_case_about_staff_is_reviewed_by_the_lead_alone(in_review, now, ruth, lead):
    draft = in_review()
    Question.objects.update(about_staff=True)
    with pytest.raises(Refused, match="You cannot open this question"):
        reviewing.approve(draft=waiting(draft.round.question), number=1, by=ruth, now=now, marks=FINE)
    reviewing.approve(draft=waiting(draft.round.question), number=1, by=lead, now=now, marks=FINE)
    assert row(draft).status == "answered"


def test_whoever_starts_first_is_the_one_reading(in_review, now, ruth, omar):
    draft = in_review()
    assert reviewing.start(draft=draft, by=ruth, now=now).person == ruth
    assert reviewing.start(draft=draft, by=omar, now=now + timedelta(minutes=29)).person == ruth
    assert reviewing.start(draft=draft, by=omar, now=now + timedelta(minutes=30)).person == omar


def test_review_next_skips_what_somebody_else_reads(in_review, now, ruth, omar):
    first, second = in_review(), in_review()
    busy, free = sorted([first, second], key=lambda draft: draft.pk)
    assert reviewing.take_next(by=ruth, now=now) == busy
    assert reviewing.take_next(by=omar, now=now) == free
    assert reviewing.take_next(by=ruth, now=now) == busy


def test_review_next_says_when_nothing_waits(calendar, now, ruth):
    with pytest.raises(Refused, match="Nothing is waiting for your review right now"):
        reviewing.take_next(by=ruth, now=now)


def test_the_queue_leads_with_red_and_leaves_out_ones_own_and_signed(in_review, now, ruth, omar, lead):
    green, red, own = in_review(), in_review(level="red"), in_review(by=ruth)
    assert [item.draft for item in reviewing.queue(ruth, now=now).items] == [red, green]
    reviewing.approve(draft=waiting(red.round.question), number=1, by=ruth, now=now, marks=FINE)
    assert [item.draft for item in reviewing.queue(ruth, now=now).items] == [green]
    reviewing.edit(draft=waiting(green.round.question), base=1, text=BIG_EDIT, note="Shorter.", by=ruth, now=now)
    assert reviewing.queue(ruth, now=now).items == []
    item = reviewing.queue(lead, now=now).items[0]
    assert (item.draft, item.first, item.busy) == (red, ruth, None)
    assert {item.draft for item in reviewing.queue(omar, now=now).items} == {red, green, own}


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_costs_the_same_whatever_its_length(in_review, now, ruth, count, django_assert_num_queries):
    for _ in range(count):
        reviewing.start(draft=in_review(), by=ruth, now=now)
    with django_assert_num_queries(3):
        items = reviewing.queue(ruth, now=now).items
        assert [(item.writer.alias, item.busy) for item in items] == [("Sam", ruth)] * count
