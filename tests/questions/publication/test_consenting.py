from datetime import timedelta

import pytest

from askpeer import history, receipts
from askpeer.errors import Refused, Stale
from questions import erasing, moves, sweeping
from questions.models import Message, Question
from questions.publication import consenting, publishing, searching, withdrawing
from questions.publication.models import Consent, Publication, PublicText
from tests.factories import NOW, SupervisorFactory, make_question
from tests.questions.publication.shelf import LATER, agreed, answered, edited, published

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def choose(question, choice, *, minutes=0, version=None):
    now = NOW + minutes * MINUTE
    consenting.consent(question=question, round_number=1, choice=choice, now=now, version=version)


def test_saying_nothing_makes_nothing(calendar):
    question = answered()
    assert consenting.standing(question, round_number=1) == ""
    assert Publication.objects.count() == 0


@pytest.mark.parametrize("choice", ["yes", "show_me"])
def test_a_yes_makes_one_candidate_without_a_word_of_the_question(calendar, choice):
    question = answered(text="My name is Robin.")
    choose(question, choice)
    choose(question, choice, minutes=1)
    candidate = Publication.objects.get()
    assert (candidate.status, candidate.draft) == ("candidate", PublicText())
    assert bytes(candidate.withdrawal_digest) == receipts.withdrawal_digest(question.receipt_digest)
    assert Consent.objects.filter(publication=candidate).count() == 2


def test_a_yes_before_the_answer_is_refused(calendar):
    with pytest.raises(Refused, match="once your answer is here"):
        choose(make_question(), "yes")
    assert Consent.objects.count() == 0


@pytest.mark.parametrize("choice", ["", "maybe", "YES", "\0"])
def test_a_choice_that_is_not_one_is_refused(calendar, choice):
    with pytest.raises(Refused, match="Choose one"):
        choose(answered(), choice)


def test_a_round_that_is_not_there_is_refused(calendar):
    with pytest.raises(Refused, match="once your answer is here"):
        consenting.consent(question=answered(), round_number=9, choice="yes", now=NOW)


@pytest.mark.parametrize(
    "values",
    [
        {"level": "red"},
        {"about_staff": True},
        {"quarantined": True},
        {"age_band": "11-12"},
        {"age_band": "rather-not-say"},
    ],
)
def test_some_questions_are_never_nominated(calendar, values):
    question = answered(**values)
    with pytest.raises(Refused, match="stays between you and us"):
        choose(question, "yes")
    assert (Publication.objects.count(), Consent.objects.count()) == (0, 0)


def test_a_question_that_needed_a_holding_reply_is_never_nominated(calendar):
    question = answered()
    Message.objects.create(round=question.round, kind="holding", text="…", html="…", digest=b"0" * 32, sent_at=NOW)
    with pytest.raises(Refused, match="stays between you and us"):
        choose(question, "yes")


def test_no_takes_the_candidate_down_and_a_later_yes_starts_anew(calendar):
    publication = edited(agreed())
    question = publication.question
    choose(question, "no", minutes=1)
    publication.refresh_from_db()
    assert (publication.status, publication.draft) == ("unpublished", PublicText())
    assert consenting.standing(question, round_number=1) == "no"
    choose(question, "yes", minutes=2)
    assert list(question.publications.order_by("status").values_list("status", flat=True)) == [
        "candidate",
        "unpublished",
    ]


def test_no_is_always_heard(calendar):
    question = answered(level="red")
    choose(question, "no")
    assert consenting.standing(question, round_number=1) == "no"


def test_a_yes_without_seeing_holds_for_every_edit(calendar):
    publication = agreed("yes")
    edited(publication, now=NOW + MINUTE)
    edited(publication, now=NOW + 2 * MINUTE)
    assert consenting.holds(publication) is True


def test_who_wants_to_see_it_first_agrees_to_the_exact_text(calendar):
    publication = agreed("show_me")
    assert consenting.written(publication.question) is None
    edited(publication, now=NOW + MINUTE)
    assert consenting.written(publication.question) == publication
    assert consenting.holds(publication) is False
    choose(publication.question, "yes", minutes=2, version=publication.version)
    assert consenting.holds(publication) is True
    edited(publication, now=NOW + 2 * MINUTE)
    assert consenting.holds(publication) is False
    choose(publication.question, "yes", minutes=3, version=publication.version)
    assert consenting.holds(publication) is True


def test_a_yes_to_words_that_were_changed_meanwhile_is_stale(calendar):
    publication = edited(agreed("show_me"))
    seen = publication.version
    edited(publication)
    with pytest.raises(Stale, match="read them again"):
        choose(publication.question, "yes", minutes=1, version=seen)
    assert consenting.standing(publication.question, round_number=1) == "show_me"


@pytest.mark.parametrize("first", ["yes", "show_me"])
def test_a_yes_without_having_seen_the_words_there_are_is_stale(calendar, first):
    publication = edited(agreed(first))
    with pytest.raises(Stale, match="Please read them, then choose again"):
        choose(publication.question, "yes", minutes=1)
    assert Consent.objects.count() == 1


def test_a_yes_to_words_that_were_taken_down_is_no_blind_yes(calendar):
    publication, question = edited(agreed()), Question.objects.get()
    withdrawing.withdraw(publication=publication, by=SupervisorFactory(), now=NOW)
    with pytest.raises(Stale, match="read them again"):
        choose(question, "yes", minutes=1, version=publication.version)
    assert question.publications.count() == 1


def test_a_yes_to_words_that_were_seen_holds_for_no_other_words(calendar):
    publication = edited(agreed("yes"))
    choose(publication.question, "yes", minutes=1, version=publication.version)
    assert consenting.holds(publication) is True
    assert consenting.holds(edited(publication)) is False


def test_a_version_never_names_two_texts_of_one_question(calendar):
    publication = edited(agreed())
    choose(publication.question, "no", minutes=1)
    choose(publication.question, "yes", minutes=2)
    assert publication.question.publications.get(status="candidate").version == publication.version + 1


def state():
    row = Publication.objects.get()
    return row.status, row.title, row.draft.title, row.checked_by


def test_show_me_takes_a_published_answer_off_until_a_yes_to_its_words(calendar):
    publication = published(title="Lunch")
    choose(publication.question, "show_me", minutes=1)
    assert (state(), searching.find("lunch").items) == (("anonymised", "", "Lunch", None), [])
    publication.refresh_from_db()
    with pytest.raises(Refused, match="has not said yes"):
        publishing.publish(publication=publication, version=2, by=SupervisorFactory(), now=LATER)
    choose(publication.question, "yes", minutes=2, version=2)
    checker = SupervisorFactory()
    publishing.publish(publication=publication, version=2, by=checker, now=LATER)
    assert state() == ("published", "Lunch", "Lunch", checker)
    assert (publication.slug, publication.gone_digest) == ("lunch", None)


def test_show_me_takes_it_off_even_when_the_question_may_not_be_published_any_more(calendar):
    question = published().question
    Question.objects.update(level="red")
    choose(question, "show_me", minutes=1)
    assert state()[0] == "anonymised"
    with pytest.raises(Refused, match="stays between you and us"):
        choose(question, "yes", minutes=2, version=2)


def test_what_the_asker_took_off_is_not_published_after_the_purge_and_its_words_go(calendar, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    publication = published(title="Lunch")
    choose(publication.question, "show_me", minutes=1)
    erasing.erase(publication.question, by=moves.SERVICE, now=LATER)
    with pytest.raises(Refused, match="The question has been erased"):
        publishing.publish(publication=Publication.objects.get(), version=2, by=SupervisorFactory(), now=LATER)
    sweeping.purge(now=LATER)
    row = Publication.objects.get()
    assert (row.status, row.wrapped_key, row.working) == ("unpublished", None, None)


def test_no_takes_a_published_answer_down(calendar):
    publication = published()
    choose(publication.question, "no", minutes=1)
    assert state() == ("unpublished", "", "", publication.checked_by)


def test_the_trail_keeps_the_choice_and_no_words(calendar):
    question = agreed("show_me").question
    entry = history.of(question.subject)[-1]
    assert (entry.kind, entry.actor, entry.facts) == ("consented", "asker", {"round": 1, "choice": "show_me"})


@pytest.mark.parametrize(("first", "then"), [("yes", "show_me"), ("show_me", "no"), ("yes", "no")])
def test_the_last_word_holds_though_a_clock_dated_the_one_before_it_ahead(calendar, first, then):
    question = agreed(first).question
    question.round.consents.update(at=LATER + timedelta(hours=1))
    choose(question, then, minutes=5)
    assert consenting.standing(question, round_number=1) == then
