"""Own words: what one person wrote for one asker leaves when a second person said yes, in exactly these words."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from advisors import roles
from advisors.drafting import claiming
from advisors.drafting.models import Claim, Recusal
from advisors.models import Person
from advisors.safeguarding import naming, raising
from advisors.signoff import own_words, reviewing, triaging
from advisors.signoff.models import OwnWords
from askpeer import history, prose
from askpeer.errors import Refused, Stale
from questions import erasing, moves
from questions.models import Message, Question
from tests.advisors.signoff.conftest import row
from tests.factories import FINE, LeadFactory, SupervisorFactory, TrusteeFactory, make_question

pytestmark = pytest.mark.django_db
TEXT = "We read every word. A nurse near you can look at this today."


def propose(question, by, now, **values):
    values = {"kind": "redirect", "code": "medical_advice", "text": TEXT} | values
    return own_words.propose(question=question, by=by, now=now, **values)


def approve(words, by, now):
    return own_words.approve(words=OwnWords.objects.get(pk=words.pk), by=by, now=now)


def test_nothing_is_sent_until_a_second_person_said_yes(calendar, now, ruth, sentences):
    words = propose(make_question(now=now), ruth, now)
    assert (words.code, words.text, Question.objects.get().status, Message.objects.count()) == (
        "medical_advice",
        TEXT,
        "new",
        1,
    )


def test_the_second_persons_yes_sends_exactly_these_words_and_ends_the_round(in_review, now, ruth, omar, sentences):
    question = row(in_review())
    words, later = propose(question, ruth, now), now + timedelta(minutes=5)
    message = approve(words, omar, later)
    kept = OwnWords.objects.get()
    assert (Question.objects.get().status, message.kind, message.text, message.html) == (
        "redirected",
        "redirect",
        TEXT,
        prose.render(TEXT),
    )
    assert bytes(message.digest) == prose.digest(TEXT, key=question.key())
    assert (kept.approver, kept.ended_at, list(Claim.objects.values_list("released_at", flat=True))) == (
        omar,
        later,
        [later],
    )
    told = [(entry.kind, entry.actor) for entry in history.of(question.subject) if "own_words" in entry.facts]
    assert told == [("own_words", ruth.name), ("redirect", omar.name)]


def test_nobody_approves_their_own(calendar, now, ruth, sentences):
    words = propose(make_question(now=now), ruth, now)
    with pytest.raises(Refused, match="You wrote this yourself"):
        approve(words, ruth, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        OwnWords.objects.update(approver=ruth, ended_at=now)
    assert Message.objects.count() == 1


def test_the_second_of_two_who_approve_is_stale(calendar, now, ruth, omar, lead, sentences):
    words = propose(make_question(now=now, level="red"), lead, now, kind="holding", code="not_safe")
    read = OwnWords.objects.select_related("round__question").get()
    approve(words, ruth, now)
    with pytest.raises(Stale):
        own_words.approve(words=read, by=omar, now=now)
    assert Message.objects.filter(kind="holding").count() == 1


def test_one_at_a_time_waits(calendar, now, ruth, omar, sentences):
    propose(make_question(now=now), ruth, now)
    with pytest.raises(Stale, match="wait already"):
        propose(Question.objects.get(), omar, now)


def test_what_was_dropped_is_never_sent_and_others_may_be_written(calendar, now, ruth, omar, sentences):
    words = propose(make_question(now=now), ruth, now)
    own_words.drop(words=OwnWords.objects.get(), by=omar, now=now)
    with pytest.raises(Stale, match="sent or dropped already"):
        approve(words, omar, now)
    with pytest.raises(Stale, match="sent or dropped already"):
        own_words.drop(words=OwnWords.objects.get(), by=ruth, now=now)
    assert OwnWords.objects.get().approver is None
    propose(Question.objects.get(), omar, now)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("  ", "Write what they should read."),
        ("x" * 3001, "This can have 3,000 characters at most. It has 3,001."),
        ("a\0b", "There is a character in your text that we cannot store. Try typing that part again."),
    ],
)
def test_words_that_cannot_stand_are_refused(calendar, now, ruth, sentences, text, sentence):
    with pytest.raises(Refused) as refused:
        propose(make_question(now=now), ruth, now, text=text)
    assert (str(refused.value), OwnWords.objects.count()) == (sentence, 0)


def test_three_thousand_characters_fit(calendar, now, ruth, sentences):
    assert len(propose(make_question(now=now), ruth, now, text="x" * 3000).text) == 3000


def test_what_the_wording_check_stops_is_not_kept(calendar, now, ruth, sentences):
    with pytest.raises(Refused, match="The wording check stops “bmi”"):
        propose(make_question(now=now), ruth, now, text="Your BMI says nothing.")


@pytest.mark.parametrize(("kind", "code"), [("redirect", "not_safe"), ("holding", "medical_advice"), ("redirect", "")])
def test_the_reason_is_one_that_the_approved_sentences_of_this_kind_name(calendar, now, ruth, sentences, kind, code):
    with pytest.raises(Refused, match="Choose one of the approved sentences"):
        propose(make_question(now=now, level="red"), ruth, now, kind=kind, code=code)


def test_a_holding_reply_is_for_red_once_a_round_and_the_status_stays(calendar, now, ruth, lead, sentences):
    with pytest.raises(Refused, match="A holding reply is for a red question"):
        propose(make_question(now=now), ruth, now, kind="holding", code="not_safe")
    question = make_question(now=now, level="red")
    approve(propose(question, ruth, now, kind="holding", code="not_safe"), lead, now)
    assert Question.objects.get(pk=question.pk).status == "new"
    with pytest.raises(Stale, match="has already been sent"):
        propose(question, ruth, now, kind="holding", code="not_safe")


@pytest.mark.parametrize(
    ("writer", "approver", "may"), [("ruth", "omar", False), ("ruth", "lead", True), ("deputy", "omar", True)]
)
def test_on_red_one_of_the_two_is_the_lead_or_a_deputy(
    calendar, now, request, ruth, omar, sentences, writer, approver, may
):
    people = {"ruth": ruth, "omar": omar, "lead": LeadFactory(), "deputy": SupervisorFactory(deputy=True)}
    words = propose(make_question(now=now, level="red"), people[writer], now)
    if may:
        approve(words, people[approver], now)
    else:
        with pytest.raises(Refused, match="one of the two has to be the safeguarding lead or a deputy"):
            approve(words, people[approver], now)
    assert Question.objects.get().status == ("redirected" if may else "new")


def test_the_level_counts_as_it_is_when_the_second_person_says_yes(calendar, now, ruth, omar, sentences):
    words = propose(make_question(now=now), ruth, now)
    Question.objects.update(level="red")
    with pytest.raises(Refused, match="one of the two has to be"):
        approve(words, omar, now)


def test_who_does_not_read_the_language_neither_writes_nor_approves(
    calendar, now, ruth, omar, sentences, dutch_offered
):
    question = make_question(now=now, language="nl")
    with pytest.raises(Refused, match="Dutch"):
        propose(question, ruth, now)
    ruth.languages = ["en", "nl"]
    ruth.save()
    words = propose(question, ruth, now)
    with pytest.raises(Refused, match="Dutch"):
        approve(words, omar, now)


def test_who_may_not_see_the_question_decides_nothing(calendar, now, ruth, omar, advisor, sentences):
    question = make_question(now=now)
    words = propose(question, ruth, now)
    Recusal.objects.create(question=question, person=omar, at=now)
    for by in (omar, advisor):
        with pytest.raises(Refused):
            approve(words, by, now)
        with pytest.raises(Refused):
            own_words.drop(words=OwnWords.objects.get(), by=by, now=now)
    assert OwnWords.objects.get().ended_at is None


@pytest.mark.parametrize("status", ["answered", "redirected", "closed"])
def test_a_round_that_has_ended_gets_no_words(calendar, now, ruth, omar, sentences, status):
    words = propose(make_question(now=now), ruth, now)
    Question.objects.update(status=status)
    with pytest.raises(Refused, match="This round has ended"):
        approve(words, omar, now)
    assert own_words.waiting(omar) == []


def test_words_of_an_earlier_round_are_not_sent_in_a_later_one(calendar, now, ruth, omar, sentences):
    question = make_question(now=now)
    words = propose(question, ruth, now)
    turn = question.round
    question.rounds.create(number=2, asked_at=now, promised_at=turn.promised_at, due_at=turn.due_at)
    Question.objects.update(round_number=2)
    with pytest.raises(Refused, match="This round has ended"):
        approve(words, omar, now)
    assert own_words.waiting(omar) == []


def test_a_sentence_sent_meanwhile_ends_what_waits(calendar, now, ruth, omar, sentences):
    question = make_question(now=now)
    propose(question, ruth, now)
    triaging.redirect(question=question, version=1, code="medical_advice", by=omar, now=now)
    assert (OwnWords.objects.get().ended_at, kinds(question)) == (now, ["own_words", "own_words_dropped"])


def test_an_answer_sent_meanwhile_ends_what_waits(in_review, now, ruth, omar, sentences):
    draft = in_review()
    propose(row(draft), ruth, now)
    reviewing.approve(draft=draft, number=1, by=omar, now=now, marks=FINE)
    assert (OwnWords.objects.get().ended_at, kinds(row(draft))) == (now, ["own_words", "own_words_dropped"])


def test_erasing_takes_the_words_along(calendar, now, ruth, sentences, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    question = make_question(now=now)
    propose(question, ruth, now)
    erasing.erase(question, by=moves.ASKER, now=now)
    assert OwnWords.objects.count() == 0


@pytest.mark.parametrize("second", [LeadFactory, TrusteeFactory])
def test_of_a_case_about_staff_another_lead_or_a_trustee_reads_the_leads_words(
    calendar, now, lead, ruth, sentences, second
):
    by = second()
    question = make_question(now=now, about_staff=True, level="red")
    assert roles.may_see(by, question) == (second is LeadFactory)
    words = propose(question, lead, now)
    with pytest.raises(Refused, match="You cannot open this question"):
        approve(words, ruth, now)
    assert own_words.waiting(by) == [words]
    approve(words, by, now)
    question = Question.objects.get()
    assert (question.status, roles.may_see(by, question)) == ("redirected", second is LeadFactory)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_whatever_waits(calendar, now, ruth, omar, sentences, count, django_assert_num_queries):
    made = [propose(make_question(now=now), ruth, now + timedelta(seconds=second)) for second in range(count)]
    with django_assert_num_queries(1):
        found = own_words.waiting(omar)
        assert [(words.writer.alias, words.round.question.topic) for words in found] == [("Ruth", None)] * count
    assert found == made


@pytest.mark.parametrize("changes", [{"role": "manager"}, {"is_active": False}])
def test_words_of_who_checks_nothing_any_more_are_not_sent(calendar, now, ruth, omar, sentences, changes):
    words = propose(make_question(now=now), ruth, now)
    Person.objects.filter(pk=ruth.pk).update(**changes)
    with pytest.raises(Refused, match="Whoever wrote this cannot open the question any more"):
        approve(words, omar, now)
    assert Message.objects.count() == 1


def test_words_of_who_stepped_back_are_not_sent_and_give_way_to_others(calendar, now, ruth, omar, sentences):
    words = propose(make_question(now=now), ruth, now)
    Recusal.objects.create(question=Question.objects.get(), person=ruth, at=now)
    with pytest.raises(Refused, match="Write your own words for a second person"):
        approve(words, omar, now)
    own_words.drop(words=OwnWords.objects.get(), by=omar, now=now)
    assert propose(Question.objects.get(), omar, now).ended_at is None


def kinds(question):
    return [entry.kind for entry in history.of(question.subject) if "own_words" in entry.facts]


def test_they_end_where_the_question_turns_out_to_be_about_a_colleague(calendar, now, ruth, lead, sentences):
    question, trustee = make_question(now=now), TrusteeFactory()
    propose(question, ruth, now)
    raising.give_to_lead(question=question, version=1, by=lead, now=now)
    assert (OwnWords.objects.get().ended_at, kinds(question)) == (now, ["own_words", "own_words_dropped"])
    assert not roles.may_see(trustee, Question.objects.get())


def test_they_end_where_an_advisor_says_that_it_is_about_a_colleague(in_review, now, ruth, advisor, lead, sentences):
    question = row(in_review())
    propose(question, ruth, now)
    version = question.version
    raising.raise_concern(question=question, kind="staff", words="", by=advisor, now=now, version=version)
    assert OwnWords.objects.get().ended_at == now


def test_they_end_with_their_writers_recusal_and_nobody_elses(calendar, now, ruth, omar, lead, sentences):
    question = make_question(now=now)
    propose(question, ruth, now)
    claiming.recuse(question=question, by=omar, now=now)
    assert OwnWords.objects.get().ended_at is None
    claiming.recuse(question=question, by=ruth, now=now)
    assert (OwnWords.objects.get().ended_at, kinds(question)) == (now, ["own_words", "own_words_dropped"])


def test_a_colleague_who_is_named_has_nothing_sent_any_more(calendar, now, ruth, lead, sentences):
    second = LeadFactory()
    question = make_question(now=now, about_staff=True)
    words = propose(question, second, now)
    naming.name_person(question=question, person=second, by=lead, now=now)
    with pytest.raises(Stale, match="sent or dropped already"):
        approve(words, lead, now)
    assert not Message.objects.filter(kind="redirect").exists()


def test_words_are_not_sent_whose_writer_reviews_no_more(calendar, now, ruth, omar, sentences):
    words = propose(make_question(now=now), ruth, now)
    for values in ({"role": "manager"}, {"role": "supervisor", "is_active": False}):
        Person.objects.filter(pk=ruth.pk).update(**values)
        with pytest.raises(Refused, match="cannot open the question any more"):
            approve(words, omar, now)
    Person.objects.filter(pk=ruth.pk).update(is_active=True)
    assert approve(words, omar, now).text == TEXT


def test_a_question_that_turns_about_staff_meanwhile_has_nothing_sent(calendar, now, ruth, omar, sentences):
    read = OwnWords.objects.select_related("round__question", "writer").get(
        pk=propose(make_question(now=now), ruth, now).pk
    )
    Question.objects.update(about_staff=True)
    with pytest.raises(Refused, match="You cannot open this question"):
        own_words.approve(words=read, by=omar, now=now)


def test_only_the_words_of_a_lead_or_trustee_open_a_case_to_a_trustee(calendar, now, ruth, lead, sentences):
    question, trustee = make_question(now=now), TrusteeFactory()
    propose(question, ruth, now)
    Question.objects.update(about_staff=True)
    assert not roles.may_see(trustee, Question.objects.get())
    assert own_words.waiting(trustee) == []
    OwnWords.objects.update(writer=lead)
    assert roles.may_see(trustee, Question.objects.get())
    assert own_words.waiting(trustee) == [OwnWords.objects.get()]
