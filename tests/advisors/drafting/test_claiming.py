from datetime import UTC, date, datetime, timedelta

import pytest

from advisors import roles
from advisors.drafting import claiming, writing
from advisors.drafting.models import Claim, Draft, HandoverNote, Recusal
from advisors.duty.models import OnDuty
from advisors.models import Person
from advisors.team import checking_in, wrapping_up
from askpeer import history
from askpeer.errors import Erased, Refused, Stale
from questions import erasing, moves, ringing, states
from questions.models import Contact, Question
from questions.partners.models import Partner
from tests.factories import LeadFactory, PersonFactory, SupervisorFactory, TopicFactory

pytestmark = pytest.mark.django_db
DETAILS = ["eat lunch alone", "My mum"]


def claims():
    return list(Claim.objects.order_by("pk").values_list("person__alias", "claimed_at", "released_at"))


def sent_for_review(question, advisor, now):
    writing.save(question=question, kind="answer", text="Hi.", details=DETAILS, base=0, by=advisor, now=now)
    writing.submit(question=question, kind="answer", base=1, by=advisor, version=question.version, now=now)


def test_a_claim_moves_the_question_and_is_written_down(triaged, advisor, now):
    question = triaged()
    claiming.claim(question=question, by=advisor, version=2, now=now)
    row = Question.objects.get()
    assert (row.status, row.version, row.holder) == ("in_progress", 3, advisor)
    assert claims() == [("Sam", now, None)]
    last = history.of(question.subject)[-1]
    assert (last.actor, last.facts) == (advisor.name, {"from": "open", "to": "in_progress", "round": 1})


def test_the_second_of_two_claimers_is_stale_and_holds_nothing(triaged, advisor, now):
    question = triaged()
    second = Question.objects.get()
    claiming.claim(question=question, by=advisor, version=2, now=now)
    with pytest.raises(Stale):
        claiming.claim(question=second, by=PersonFactory(), version=2, now=now)
    assert Question.objects.get().holder == advisor
    assert len(claims()) == 1


def test_a_claim_from_an_old_page_is_stale(triaged, advisor, now):
    with pytest.raises(Stale):
        claiming.claim(question=triaged(), by=advisor, version=1, now=now)


def test_a_claim_that_a_rule_forbids_says_which(triaged, advisor, now):
    with pytest.raises(Refused, match="goes to the safeguarding lead alone"):
        claiming.claim(question=triaged(about_staff=True), by=advisor, version=2, now=now)


def test_a_claim_that_the_ladder_returned_ends_when_the_next_one_begins(held, now):
    ringing.ring_due(now=datetime(2026, 11, 18, 18, tzinfo=UTC))
    question = Question.objects.get()
    assert question.status == "open"
    later = datetime(2026, 11, 19, 10, tzinfo=UTC)
    claiming.claim(question=question, by=PersonFactory(alias="Ana"), version=question.version, now=later)
    assert claims() == [("Sam", now, datetime(2026, 11, 18, 18, tzinfo=UTC)), ("Ana", later, None)]


def test_take_next_claims_what_is_due_first(triaged, advisor, now):
    later, sooner = triaged(), triaged()
    turn = later.round
    turn.due_at += timedelta(days=1)
    turn.save()
    assert claiming.take_next(by=advisor, now=now) == sooner
    assert claiming.take_next(by=advisor, now=now) == later


def test_take_next_leaves_topics_to_ask_about_and_says_when_nothing_is_left(triaged, advisor, now):
    topic = TopicFactory(slug="grief")
    triaged(topic=topic)
    advisor.boundaries = '{"grief": "ask"}'
    with pytest.raises(Refused, match=r"^Nothing is waiting that fits you right now\.$"):
        claiming.take_next(by=advisor, now=now)
    advisor.trained_until = date(2026, 1, 1)
    with pytest.raises(Refused, match="training has run out"):
        claiming.take_next(by=advisor, now=now)


def test_on_a_hard_day_take_next_passes_the_heavy_ones_by_and_says_so(triaged, advisor, now):
    triaged(level="red")
    light = triaged()
    checking_in.check_in(person=advisor, mood="hard", now=now)
    assert claiming.take_next(by=advisor, now=now) == light
    with pytest.raises(Refused, match=r"The heavy ones are left out, since today is hard\.$"):
        claiming.take_next(by=advisor, now=now)


def test_take_next_says_what_stands_against_anything_new(triaged, advisor, now):
    triaged()
    OnDuty.objects.all().delete()
    with pytest.raises(Refused, match=r"^Nobody is on duty right now"):
        claiming.take_next(by=advisor, now=now)
    assert claims() == []


def test_a_supervisor_who_assigns_is_not_told_of_an_advisors_week(triaged, advisor, supervisor, now):
    wrapping_up.wrap_up(person=advisor, hours=12, minutes=0, now=now)
    with pytest.raises(Refused, match=r"^Sam cannot take this question\. Choose someone else\.$"):
        claiming.assign(question=triaged(), to=advisor, by=supervisor, version=2, now=now)


def test_put_back_within_ten_minutes_needs_no_note(held, advisor, now):
    claiming.hand_back(question=held, by=advisor, version=3, note="", now=now + timedelta(minutes=10))
    row = Question.objects.get()
    assert (row.status, row.holder) == ("open", None)
    assert claims() == [("Sam", now, now + timedelta(minutes=10))]


def test_later_a_hand_back_needs_a_note_which_the_next_advisor_gets(held, advisor, now):
    later = now + timedelta(minutes=10, seconds=1)
    with pytest.raises(Refused, match="Leave a line for the next advisor"):
        claiming.hand_back(question=held, by=advisor, version=3, note=" \n", now=later)
    claiming.hand_back(question=held, by=advisor, version=3, note="Ask about lunch.", now=later)
    note = HandoverNote.objects.get()
    assert (note.writer, note.text) == (advisor, "Ask about lunch.")


@pytest.mark.parametrize(
    ("note", "sentence"),
    [("x" * 1501, "A note can have 1,500 characters at most. This one has 1,501."), ("a\0b", "cannot store")],
)
def test_a_note_that_cannot_be_kept_is_refused(held, advisor, now, note, sentence):
    with pytest.raises(Refused, match=sentence):
        claiming.hand_back(question=held, by=advisor, version=3, note=note, now=now)
    assert Question.objects.get().holder == advisor


def test_only_the_holder_hands_back_and_only_what_they_saw(held, advisor, now):
    with pytest.raises(Refused, match="You no longer hold this question"):
        claiming.hand_back(question=held, by=PersonFactory(), version=3, note="x", now=now)
    with pytest.raises(Stale):
        claiming.hand_back(question=held, by=advisor, version=2, note="x", now=now)


def test_what_is_too_close_goes_back_at_any_time_without_a_word_and_nothing_of_it_is_kept(held, advisor, now):
    later = now + timedelta(days=1)
    claiming.hand_back(question=held, by=advisor, version=3, note=" ", too_close=True, now=later)
    assert (Question.objects.get().status, HandoverNote.objects.count()) == ("open", 0)
    assert history.of(held.subject)[-1].facts == {"from": "in_progress", "to": "open", "round": 1}


def test_a_note_written_before_it_was_too_close_reaches_the_next_advisor(held, advisor, now):
    later = now + timedelta(days=1)
    claiming.hand_back(question=held, by=advisor, version=3, note="Ask about lunch.", too_close=True, now=later)
    assert HandoverNote.objects.get().text == "Ask about lunch."


def test_the_draft_outlives_a_hand_back(held, advisor, now):
    writing.save(question=held, kind="answer", text="Hi there.", details=[], base=0, by=advisor, now=now)
    claiming.hand_back(question=held, by=advisor, version=3, note="", now=now)
    next_one = PersonFactory()
    claiming.claim(question=held, by=next_one, version=held.version, now=now)
    assert writing.current(writing.draft_for(held, "answer")).text == "Hi there."


def test_knowing_the_person_gives_the_question_back_for_good(held, advisor, now):
    claiming.recuse(question=held, by=advisor, now=now)
    row = Question.objects.get()
    assert (row.status, row.holder) == ("open", None)
    assert claims() == [("Sam", now, now)]
    with pytest.raises(Refused, match="You stepped back from this question"):
        claiming.claim(question=row, by=advisor, version=row.version, now=now)


def test_stepping_back_twice_is_one_recusal(triaged, advisor, now):
    question = triaged()
    for _ in range(2):
        claiming.recuse(question=question, by=advisor, now=now)
    assert Recusal.objects.count() == 1
    assert Question.objects.get().status == "open"


def test_the_last_who_may_read_about_a_colleague_stays(triaged, now):
    question, lead = triaged(about_staff=True), LeadFactory()
    SupervisorFactory()
    LeadFactory(is_active=False)
    with pytest.raises(Refused, match="Nobody else may read"):
        claiming.recuse(question=question, by=lead, now=now)
    assert roles.may_see(lead, question)
    second = LeadFactory()
    claiming.recuse(question=question, by=lead, now=now)
    assert (roles.may_see(lead, question), roles.may_see(second, question)) == (False, True)


def test_stepping_back_takes_a_draft_out_of_review(held, advisor, now):
    sent_for_review(held, advisor, now)
    claiming.recuse(question=held, by=advisor, now=now)
    assert Question.objects.get().status == "open"
    assert Draft.objects.get().submitted_at is None


def test_a_question_whose_asker_is_waited_for_goes_on_without_a_holder_and_can_be_claimed(
    held, advisor, supervisor, now
):
    moves.move(held, states.IN_REVIEW, by=moves.Actor(states.ADVISOR, "a"), now=now)
    moves.move(held, states.PENDING_ASKER, by=moves.Actor(states.SUPERVISOR, "s"), now=now)
    claiming.recuse(question=held, by=advisor, now=now)
    question = Question.objects.get()
    assert (question.status, question.holder) == ("pending_asker", None)
    moves.move(question, states.IN_PROGRESS, by=moves.ASKER, now=now)
    other = PersonFactory()
    claiming.claim(question=question, by=other, version=question.version, now=now)
    row = Question.objects.get()
    assert (row.status, row.holder) == ("in_progress", other)


def test_a_supervisor_assigns_where_the_asker_may_know_an_advisor(triaged, advisor, supervisor, now):
    question = triaged(may_know_advisor=True)
    claiming.assign(question=question, to=advisor, by=supervisor, version=2, now=now)
    row = Question.objects.get()
    assert (row.status, row.holder) == ("in_progress", advisor)
    assert history.of(question.subject)[-1].actor == supervisor.name


def test_a_supervisor_moves_a_question_from_one_advisor_to_another(held, supervisor, now):
    ana = PersonFactory(alias="Ana")
    later = now + timedelta(minutes=5)
    claiming.assign(question=held, to=ana, by=supervisor, version=3, now=later)
    assert Question.objects.get().holder == ana
    assert claims() == [("Sam", now, later), ("Ana", later, None)]


def test_an_assignment_that_a_rule_forbids_does_not_tell_which(triaged, advisor, supervisor, now):
    question = triaged(topic=TopicFactory(slug="grief"))
    advisor.boundaries = '{"grief": "never"}'
    advisor.save()
    with pytest.raises(Refused, match=r"^Sam cannot take this question\. Choose someone else\.$"):
        claiming.assign(question=question, to=advisor, by=supervisor, version=2, now=now)


def test_a_question_in_another_language_is_neither_claimed_by_nor_assigned_to_somebody_who_does_not_speak_it(
    triaged, advisor, supervisor, now
):
    question = triaged(language="nl")
    with pytest.raises(Refused, match=r"^This is in Dutch\. It is for people who read and answer in Dutch\.$"):
        claiming.claim(question=question, by=advisor, version=2, now=now)
    with pytest.raises(Refused, match=r"^Sam does not answer in Dutch\. Choose someone who does\.$"):
        claiming.assign(question=question, to=advisor, by=supervisor, version=2, now=now)
    claiming.assign(question=question, to=PersonFactory(languages=["en", "nl"]), by=supervisor, version=2, now=now)
    assert Question.objects.get().status == "in_progress"


def test_who_gives_a_language_up_lets_go_of_what_they_held_and_were_offered_in_it(triaged, now):
    both = PersonFactory(languages=["en", "nl"])
    dutch, english, offered = triaged(language="nl"), triaged(), triaged(language="nl")
    for question in (dutch, english):
        claiming.claim(question=question, by=both, version=2, now=now)
    Question.objects.filter(pk=offered.pk).update(offered_to=both)
    both.languages = ["en"]
    both.save()
    claiming.let_go_of_what_does_not_fit(both, now=now)
    found = {row.pk: (row.status, row.holder, row.offered_to) for row in Question.objects.all()}
    assert found == {
        dutch.pk: ("open", None, None),
        english.pk: ("in_progress", both, None),
        offered.pk: ("open", None, None),
    }


def test_who_turns_out_to_be_near_or_younger_lets_go_of_what_they_would_not_be_given(triaged, advisor, now):
    school = Partner.objects.create(name="Hill School", slug="hill", kind="school")
    theirs, adults, other = triaged(partner=school), triaged(writer="adult"), triaged()
    for question in (theirs, adults):
        claiming.claim(question=question, by=advisor, version=2, now=now)
    Question.objects.filter(pk=other.pk).update(offered_to=advisor)
    advisor.partner, advisor.born_on = school, date(2010, 1, 1)
    advisor.save()
    claiming.let_go_of_what_does_not_fit(advisor, now=now)
    assert {row.pk: (row.holder, row.offered_to) for row in Question.objects.all()} == {
        theirs.pk: (None, None),
        adults.pk: (None, None),
        other.pk: (None, advisor),
    }


@pytest.mark.parametrize(
    ("values", "keeps"),
    [
        ({"trained_until": date(2026, 11, 15)}, True),
        ({"born_on": date(2011, 11, 17)}, False),
        ({"born_on": date(2011, 11, 16)}, False),
        ({"born_on": date(2011, 11, 16), "guardian_consent_on": date(2026, 11, 16)}, True),
    ],
)
def test_training_that_runs_out_takes_nothing_in_hand_but_being_too_young_does(held, advisor, now, values, keeps):
    for name, value in values.items():
        setattr(advisor, name, value)
    advisor.save()
    claiming.let_go_of_what_does_not_fit(advisor, now=now)
    assert Question.objects.get().holder == (advisor if keeps else None)


@pytest.mark.parametrize(("born", "keeps"), [(date(2010, 3, 1), False), (date(2000, 3, 1), True)])
def test_a_topic_that_becomes_sensitive_is_let_go_of_by_an_advisor_under_18(triaged, now, clock, born, keeps):
    person, topic = PersonFactory(born_on=born), TopicFactory()
    mine, offered = triaged(topic=topic), triaged(topic=topic)
    claiming.claim(question=mine, by=person, version=2, now=now)
    Question.objects.filter(pk=offered.pk).update(offered_to=person)
    topic.sensitive = True
    topic.save()
    kept = person if keeps else None
    assert Question.objects.get(pk=mine.pk).holder == kept
    assert Question.objects.get(pk=offered.pk).offered_to == kept


def test_assigning_is_for_reviewers_on_a_fresh_page_to_somebody_else(held, advisor, supervisor, now):
    with pytest.raises(Refused, match="Only a supervisor"):
        claiming.assign(question=held, to=PersonFactory(), by=advisor, version=3, now=now)
    with pytest.raises(Stale):
        claiming.assign(question=held, to=PersonFactory(), by=supervisor, version=2, now=now)
    with pytest.raises(Refused, match="Sam has this question already"):
        claiming.assign(question=held, to=advisor, by=supervisor, version=3, now=now)


@pytest.mark.parametrize("status", ["new", "pending_asker", "in_review", "answered", "redirected", "closed"])
def test_only_what_waits_or_is_being_written_is_assigned(triaged, supervisor, now, status):
    Question.objects.filter(pk=triaged().pk).update(status=status)
    with pytest.raises(Refused, match="can be assigned while it waits on the desk or is being written"):
        claiming.assign(question=Question.objects.get(), to=PersonFactory(), by=supervisor, version=2, now=now)
    assert (Question.objects.get().status, claims()) == (status, [])


def test_a_draft_in_review_keeps_its_signature_and_its_author_when_somebody_would_assign_it(
    held, advisor, supervisor, now
):
    sent_for_review(held, advisor, now)
    with pytest.raises(Refused):
        claiming.assign(question=held, to=PersonFactory(), by=supervisor, version=4, now=now)
    row = Question.objects.get()
    assert (row.status, row.holder, Draft.objects.get().submitted_at) == ("in_review", advisor, now)


def test_who_was_off_boarded_a_moment_ago_claims_nothing(triaged, advisor, now):
    question = triaged()
    Person.objects.filter(pk=advisor.pk).update(is_active=False)
    with pytest.raises(Refused, match="This account is closed"):
        claiming.claim(question=question, by=advisor, version=2, now=now)
    assert Question.objects.get().status == "open"


def test_who_was_off_boarded_a_moment_ago_is_assigned_nothing(triaged, advisor, supervisor, now):
    question = triaged()
    Person.objects.filter(pk=advisor.pk).update(is_active=False)
    with pytest.raises(Refused, match="Sam cannot take this question"):
        claiming.assign(question=question, to=advisor, by=supervisor, version=2, now=now)
    assert Question.objects.get().status == "open"


def test_whose_role_changed_a_moment_ago_claims_nothing(triaged, advisor, now):
    question = triaged()
    Person.objects.filter(pk=advisor.pk).update(role="manager")
    with pytest.raises(Refused, match="Your role does not answer questions"):
        claiming.claim(question=question, by=advisor, version=2, now=now)


def test_a_level_raised_a_moment_ago_keeps_the_question_from_an_advisor_under_18(triaged, now):
    question = triaged()
    Question.objects.update(level="amber")
    with pytest.raises(Refused, match="go to advisors who are 18 or over"):
        claiming.claim(question=question, by=PersonFactory(born_on=date(2010, 3, 1)), version=2, now=now)
    assert Question.objects.get().status == "open"


def test_who_knows_the_person_after_they_erased_it_leaves_no_trace_on_it(held, advisor, now, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    erasing.erase(Question.objects.get(), by=moves.ASKER, now=now)
    with pytest.raises(Erased, match=r"^This has been erased\.$"):
        claiming.recuse(question=held, by=advisor, now=now)
    assert Recusal.objects.count() == 0


def test_who_leaves_lets_go_of_everything_and_drafts_stay(triaged, advisor, now):
    writing_it, in_review, offered = triaged(), triaged(), triaged()
    for question in (writing_it, in_review):
        claiming.claim(question=question, by=advisor, version=2, now=now)
    sent_for_review(in_review, advisor, now)
    Question.objects.filter(pk=offered.pk).update(offered_to=advisor)
    assert claiming.release_all(advisor, now=now) == 2
    rows = {row.pk: row for row in Question.objects.all()}
    assert rows[writing_it.pk].status == "open"
    assert (rows[in_review.pk].status, rows[in_review.pk].holder) == ("in_review", None)
    assert rows[offered.pk].offered_to is None
    assert Claim.objects.filter(released_at=None).count() == 0
    assert Draft.objects.get().submitted_at == now


def test_a_supervisor_claims_like_an_advisor(triaged, now):
    question, person = triaged(writer="expert"), SupervisorFactory()
    claiming.claim(question=question, by=person, version=2, now=now)
    assert Question.objects.get().holder == person
    assert Contact.objects.count() == 0
