"""Thirty-two people in the same moment, each on a connection of their own: one is first, the others get a sentence."""

from collections import Counter
from datetime import timedelta
from functools import partial
from threading import Barrier, Event, Thread
from time import sleep

import pytest
from django.db import connection, connections, transaction

from advisors import beginning, roles
from advisors.beside import sitting
from advisors.beside.models import Sitting
from advisors.drafting import claiming, writing
from advisors.drafting.models import Claim, Draft, DraftVersion
from advisors.managing import entries, exchanging, partner_access, people, signposts, topics
from advisors.managing.models import ShownOnce
from advisors.models import Person, Role
from advisors.safeguarding import glass, naming, raising
from advisors.signoff import leaving, own_words, reading, reviewing, triaging, wordings
from advisors.signoff.models import Approval, Comment, Escalation, OwnWords, Reviewing
from advisors.team import opening, posting, practising, praising, supporting, teaching, training
from advisors.team.models import Attempt, Kudos, Opened, Post, SupportCall, Training
from askpeer import ledger, prose
from askpeer.errors import Refused, Stale
from questions import replaying
from questions.intake import asking, withdrawing
from questions.models import Feedback, Message, Question, Topic
from questions.partners import ending, hooks
from questions.partners.models import Hook, Partner
from tests.advisors.managing.test_signposts import service
from tests.advisors.team.practice import ready_for
from tests.factories import (
    FINE,
    LeadFactory,
    ManagerFactory,
    PersonFactory,
    SupervisorFactory,
    TopicFactory,
    TrusteeFactory,
    keep_on_duty,
    make_question,
)
from tests.in_a_file import database_in_a_file
from tests.interleaving import before

AT_ONCE = 32
TEXT = "I moved to a new school in May and I eat lunch alone."
DETAILS = ["new school", "lunch alone"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _database_in_a_file(tmp_path, settings):
    """SQLite in memory does not wait for another's lock as a file does, so these tests run on a copy in a file."""
    settings.LEDGER = tmp_path / "erased.txt"
    with database_in_a_file(tmp_path / "races.sqlite3"):
        yield


@pytest.fixture
def staff(_database_in_a_file, calendar):
    """As many supervisors, the first of them on duty, and as many advisors."""
    supervisors = [SupervisorFactory(alias=f"Supervisor {number}") for number in range(AT_ONCE)]
    keep_on_duty(supervisors[0])
    return supervisors, [PersonFactory(alias=f"Advisor {number}") for number in range(AT_ONCE)]


def opened(staff, now):
    question = make_question(text=TEXT, now=now)
    supervisor = staff[0][0]
    triaging.pass_on(question=question, version=1, summary="New school.", content_notes=[], by=supervisor, now=now)
    return question


def written(staff, now, by=None):
    """A question that the first advisor or by holds, with one version."""
    question, advisor = opened(staff, now), by or staff[1][0]
    claiming.claim(question=question, by=advisor, version=question.version, now=now)
    writing.save(question=question, kind="answer", text="Hi.", details=DETAILS, base=0, by=advisor, now=now)
    return question


def in_review(staff, now, by=None):
    question, advisor = written(staff, now, by), by or staff[1][0]
    writing.submit(question=question, kind="answer", base=1, by=advisor, version=question.version, now=now)
    return question


def read(question):
    return Question.objects.get(pk=question.pk)


def at_once(*acts):
    """Do each act in a thread of its own, all at the same moment; return how often each outcome came.

    "done", "stale", "refused", or the name of whatever else was raised.
    """
    start, outcomes = Barrier(len(acts)), []

    def run(act):
        connection.ensure_connection()
        start.wait()
        outcomes.append(_outcome(act))
        connections.close_all()

    threads = [Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(outcomes)


def _outcome(act):
    try:
        act()
    except Stale:
        return "stale"
    except Refused:
        return "refused"
    except Exception as problem:  # noqa: BLE001  (the tests say that there is none)
        return type(problem).__name__
    return "done"


def test_of_all_who_begin_a_new_service_one_is_its_manager(calendar, now):
    def begin(number):
        beginning.begin(email=f"mia{number}@askpeer.example", alias=f"Mia {number}", now=now)

    outcomes = at_once(*[lambda number=number: begin(number) for number in range(AT_ONCE)])
    assert outcomes == {"done": 1, "refused": AT_ONCE - 1}
    assert Person.objects.filter(role=Role.MANAGER).count() == 1


def test_of_all_who_claim_one_question_one_holds_it(staff, now):
    question = opened(staff, now)
    copies = [(read(question), person) for person in staff[1]]

    def claim(copy, person):
        claiming.claim(question=copy, by=person, version=2, now=now)

    outcomes = at_once(*[lambda pair=pair: claim(*pair) for pair in copies])
    assert outcomes == {"done": 1, "stale": AT_ONCE - 1}
    assert Claim.objects.get().person == read(question).holder


def test_of_all_who_approve_one_answer_one_signs_and_it_is_sent_once(staff, now):
    question = in_review(staff, now)
    drafts = [(reading.draft_in_review(read(question)), person) for person in staff[0]]

    def approve(draft, person):
        reviewing.approve(draft=draft, number=1, by=person, now=now, marks=FINE)

    outcomes = at_once(*[lambda pair=pair: approve(*pair) for pair in drafts])
    assert outcomes == {"done": 1, "stale": AT_ONCE - 1}
    assert (Approval.objects.count(), Message.objects.filter(kind="answer").count()) == (1, 1)
    assert read(question).status == "answered"


@pytest.mark.parametrize("turn", range(3))
def test_saving_and_sending_at_once_never_wait_for_each_other_for_ever(staff, now, turn):
    question, advisor = written(staff, now), staff[1][0]
    copies = [read(question) for _ in range(AT_ONCE)]

    def write(number, copy):
        values = {"question": copy, "kind": "answer", "base": 1, "by": advisor, "now": now}
        if number % 2:
            writing.save(text=f"Hi, number {number}.", details=DETAILS, **values)
        else:
            writing.submit(version=copy.version, **values)

    outcomes = at_once(*[lambda pair=pair: write(*pair) for pair in enumerate(copies)])
    draft, status = Draft.objects.get(), read(question).status
    assert (outcomes["done"], outcomes["stale"] + outcomes["refused"]) == (1, AT_ONCE - 1)
    assert (status, draft.number) in {("in_review", 1), ("in_progress", 2)}
    assert (draft.submitted_at is not None, DraftVersion.objects.count()) == (status == "in_review", draft.number)


@pytest.mark.parametrize("turn", range(3))
def test_erasing_leaves_nothing_whoever_approves_comments_or_reads_at_once(staff, now, turn):
    question = in_review(staff, now)
    drafts = [reading.draft_in_review(read(question)) for _ in range(AT_ONCE - 1)]
    mine = read(question)

    def review(number, draft):
        by = staff[0][number]
        if number % 3 == 0:
            reviewing.approve(draft=draft, number=1, by=by, now=now, marks=FINE)
        elif number % 3 == 1:
            reviewing.comment(draft=draft, number=1, paragraph=0, text="Which club?", by=by, now=now)
        else:
            reviewing.start(draft=draft, by=by, now=now)

    acts = [lambda pair=pair: review(*pair) for pair in enumerate(drafts)]
    outcomes = at_once(lambda: withdrawing.erase(question=mine, now=now), *acts)
    assert set(outcomes) <= {"done", "stale", "refused"}
    status = read(question).status
    left = [model.objects.count() for model in (Message, Draft, DraftVersion, Approval, Comment, Reviewing)]
    if status == "withdrawn":
        assert left == [0, 0, 0, 0, 0, 0]
    else:
        # It was sent a moment before: one answer, one signature, and no comment stands open on it.
        assert (status, left[0], left[3], left[4]) == ("answered", 2, 1, 0)


@pytest.mark.parametrize("turn", range(4))
def test_what_is_sent_carries_two_signatures_though_the_first_to_sign_leaves_at_once(staff, now, turn):
    question, (first, *_), manager = in_review(staff, now), staff[0], ManagerFactory()
    Question.objects.filter(pk=question.pk).update(level="red")
    deputy = SupervisorFactory(alias="Deputy", deputy=True)
    reviewing.approve(draft=reading.draft_in_review(read(question)), number=1, by=first, now=now, marks=FINE)
    waits = reading.draft_in_review(read(question))
    at_once(
        lambda: leaving.leave(person=first, by=manager, now=now),
        lambda: reviewing.approve(draft=waits, number=1, by=deputy, now=now, marks=FINE),
    )
    signed = Approval.objects.filter(voided_at=None).count()
    assert (read(question).status, signed) in {("answered", 2), ("in_review", 1)}


@pytest.mark.parametrize("turn", range(4))
def test_two_who_signed_each_others_red_answers_may_leave_at_once(staff, now, turn):
    pair, managers = staff[0][:2], [ManagerFactory(), ManagerFactory()]
    questions = [in_review(staff, now, by=person) for person in pair]
    Question.objects.update(level="red")
    for question, other in zip(questions, reversed(pair), strict=True):
        reviewing.approve(draft=reading.draft_in_review(read(question)), number=1, by=other, now=now, marks=FINE)

    def leave(person, manager):
        leaving.leave(person=person, by=manager, now=now)

    outcomes = at_once(*[lambda both=both: leave(*both) for both in zip(pair, managers, strict=True)])
    assert outcomes == {"done": 2}
    assert Approval.objects.filter(voided_at=None).count() == 0


@pytest.mark.parametrize("turn", range(4))
def test_of_two_leads_who_leave_at_once_one_stays(staff, now, turn):
    pair, managers = [LeadFactory(), LeadFactory()], [ManagerFactory(), ManagerFactory()]

    def leave(person, manager):
        leaving.leave(person=person, by=manager, now=now)

    outcomes = at_once(*[lambda both=both: leave(*both) for both in zip(pair, managers, strict=True)])
    assert outcomes == {"done": 1, "refused": 1}
    assert Person.objects.filter(role=Role.LEAD, is_active=True).count() == 1


@pytest.mark.parametrize("turn", range(4))
@pytest.mark.parametrize("way", ["asked", "given"])
def test_of_a_trustee_who_leaves_and_what_is_said_about_the_lead_somebody_reads_it(staff, now, way, turn):
    """The other trustee is kept from it already: the first to come leaves, or hands it over."""
    LeadFactory()
    trustee, other, manager = TrusteeFactory(), TrusteeFactory(), ManagerFactory()
    question = make_question(text=TEXT, now=now)
    claiming.recuse(question=question, by=other, now=now)

    def leave():
        leaving.leave(person=trustee, by=manager, now=now)

    def tell():
        if way == "asked":
            asking.ask(text=TEXT, age_band="13-15", about_lead=True, now=now)
        else:
            raising.give_to_trustee(question=read(question), version=1, by=staff[0][0], now=now)

    outcomes = at_once(leave, tell)
    assert outcomes == {"done": 2} if way == "asked" else {"done": 1, "refused": 1}
    people, told = Person.objects.filter(is_active=True), Question.objects.filter(about_lead=True)
    assert all(any(roles.may_see(person, one) for person in people) for one in told)


LONG = "Eating lunch alone at a new school is hard, and it says nothing bad about you. Try one new thing this week."


def edited(staff, now):
    """A draft with a small edit that its author may accept."""
    question, advisor, editor = opened(staff, now), staff[1][0], staff[0][0]
    claiming.claim(question=question, by=advisor, version=question.version, now=now)
    writing.save(question=question, kind="answer", text=LONG, details=DETAILS, base=0, by=advisor, now=now)
    writing.submit(question=question, kind="answer", base=1, by=advisor, version=question.version, now=now)
    text = LONG.replace("is hard", "is really hard")
    reviewing.edit(draft=reading.draft_in_review(read(question)), base=1, text=text, by=editor, now=now)
    return question


@pytest.mark.parametrize("turn", range(4))
def test_of_the_author_who_accepts_and_a_second_supervisor_one_sends_it(staff, now, turn):
    question, later = edited(staff, now), now + timedelta(hours=2)
    drafts = [reading.draft_in_review(read(question)) for _ in range(4)]
    seconds = zip(drafts[1:], staff[0][1:], strict=False)

    def approve(draft, person):
        reviewing.approve(draft=draft, number=2, by=person, marks=FINE, now=later)

    outcomes = at_once(
        lambda: reviewing.accept(draft=drafts[0], number=2, by=staff[1][0], now=later),
        *[lambda pair=pair: approve(*pair) for pair in seconds],
    )
    assert outcomes == {"done": 1, "stale": 3}
    assert (Approval.objects.count(), Message.objects.filter(kind="answer").count()) == (1, 1)
    assert Person.objects.get(pk=staff[1][0].pk).answers_given == 21


@pytest.mark.parametrize("turn", range(4))
def test_who_leaves_who_signs_and_who_claims_at_once_never_wait_for_each_other_for_ever(staff, now, turn):
    """A signature counts its author's answer; leaving lets go of a buddy; both lock people before questions."""
    lead, author = LeadFactory(alias="Lead"), staff[1][0]
    LeadFactory(alias="Another lead")
    Person.objects.filter(pk=author.pk).update(buddy=staff[0][1])
    question, other = in_review(staff, now), opened(staff, now)
    waits, manager = reading.draft_in_review(read(question)), ManagerFactory()
    outcomes = at_once(
        lambda: reviewing.approve(draft=waits, number=1, by=lead, marks=FINE, now=now),
        lambda: leaving.leave(person=read_person(staff[0][1]), by=manager, now=now),
        lambda: claiming.claim(question=read(other), by=author, version=other.version, now=now),
    )
    assert outcomes == {"done": 3}
    assert Person.objects.get(pk=author.pk).answers_given == 21


@pytest.mark.parametrize("turn", range(4))
def test_thanks_are_passed_on_while_whom_they_are_for_leaves(staff, now, turn):
    """Both lock the advisor before the question: the thanks are counted on the advisor's row."""
    supervisor, advisor, manager = staff[0][0], staff[1][0], ManagerFactory()
    draft = reading.draft_in_review(read(in_review(staff, now)))
    reviewing.approve(draft=draft, number=1, by=supervisor, now=now, marks=FINE)
    words = Feedback(round=Question.objects.get().round, felt_heard=True, words="Thank you.", sent_at=now)
    words.save()
    fresh = Feedback.objects.select_related("round__question").get()
    found = at_once(
        partial(triaging.pass_feedback, feedback=fresh, by=supervisor, now=now),
        partial(leaving.leave, person=advisor, by=manager, now=now),
    )
    assert found == {"done": 2}
    assert (read_person(advisor).thanked, read_person(advisor).is_active) == (1, False)


def read_person(person):
    return Person.objects.get(pk=person.pk)


def test_of_all_who_escalate_one_draft_one_does(staff, now):
    LeadFactory(alias="Lead")
    question = in_review(staff, now)
    drafts = [(reading.draft_in_review(read(question)), person) for person in staff[0]]

    def escalate(draft, person):
        reviewing.escalate(draft=draft, number=1, reason="Look.", by=person, now=now)

    assert at_once(*[lambda pair=pair: escalate(*pair) for pair in drafts]) == {"done": 1, "stale": AT_ONCE - 1}
    assert Escalation.objects.count() == 1


@pytest.mark.parametrize("turn", range(3))
def test_whoever_claims_approves_edits_or_withdraws_at_once_nothing_unapproved_is_sent(staff, now, turn):
    """A quarter of them each; only what was signed in exactly its words may stand in front of the asker."""
    question, quarter = in_review(staff, now), AT_ONCE // 4
    drafts = [reading.draft_in_review(read(question)) for _ in range(2 * quarter)]
    copies = [read(question) for _ in range(quarter)]

    def approve(draft, by):
        reviewing.approve(draft=draft, number=1, by=by, marks=FINE, now=now)

    def edit(draft, by):
        reviewing.edit(draft=draft, base=1, text=f"Hi, {by.alias} writes.", note="Say hello.", by=by, now=now)

    def claim(copy, by):
        claiming.claim(question=copy, by=by, version=copy.version, now=now)

    reviewers = list(zip(drafts, staff[0], strict=False))
    acts = [lambda pair=pair: approve(*pair) for pair in reviewers[:quarter]]
    acts += [lambda pair=pair: edit(*pair) for pair in reviewers[quarter:]]
    acts += [lambda pair=pair: claim(*pair) for pair in zip(copies, staff[1][1:], strict=False)]
    acts += [lambda: withdrawing.erase(question=read(question), now=now)] * (quarter if turn == 2 else 0)
    outcomes = at_once(*acts)
    assert set(outcomes) <= {"done", "stale", "refused"}
    sent, live = Message.objects.filter(kind="answer"), Claim.objects.filter(released_at=None)
    assert (sent.count() <= 1, live.count() <= 1) == (True, True)
    for message in sent.select_related("round__question"):
        signed = Approval.objects.get(voided_at=None)
        assert bytes(signed.digest) == prose.digest(message.text, key=message.round.question.key())
        assert signed.writer != signed.approver
    if turn == 2:
        assert (read(question).status, sent.count(), Approval.objects.count()) == ("withdrawn", 0, 0)


@pytest.mark.parametrize("turn", range(4))
def test_an_author_never_accepts_words_that_were_edited_once_more(staff, now, turn):
    question = edited(staff, now)
    drafts = [reading.draft_in_review(read(question)) for _ in range(2)]
    again = {"base": 2, "text": LONG.replace("is hard", "can be hard"), "by": staff[0][1], "now": now}
    outcomes = at_once(
        lambda: reviewing.accept(draft=drafts[0], number=2, by=staff[1][0], now=now),
        lambda: reviewing.edit(draft=drafts[1], **again),
    )
    assert outcomes == {"done": 1, "stale": 1}
    sent = [message.text for message in Message.objects.filter(kind="answer").select_related("round__question")]
    assert (sent, Draft.objects.get().number) in [([LONG.replace("is hard", "is really hard")], 2), ([], 3)]


@pytest.mark.parametrize("turn", range(4))
def test_of_a_supervisor_who_escalates_and_one_who_approves_one_is_first(staff, now, turn):
    LeadFactory(alias="Lead")
    question = in_review(staff, now)
    drafts = [reading.draft_in_review(read(question)) for _ in range(2)]
    outcomes = at_once(
        lambda: reviewing.escalate(draft=drafts[0], number=1, reason="Look.", by=staff[0][0], now=now),
        lambda: reviewing.approve(draft=drafts[1], number=1, by=staff[0][1], marks=FINE, now=now),
    )
    assert set(outcomes) <= {"done", "stale", "refused"}
    # Signed first, it was sent and nobody escalates it; escalated first, a supervisor's signature sends nothing.
    escalated = Escalation.objects.filter(settled_at=None).exists()
    assert escalated != (read(question).status == "answered")


@pytest.mark.parametrize("turn", range(4))
def test_a_question_is_claimed_or_taken_back_and_never_both(staff, now, turn):
    question = opened(staff, now)
    copies = [read(question) for _ in range(2)]
    outcomes = at_once(
        lambda: claiming.claim(question=copies[0], by=staff[1][0], version=2, now=now),
        lambda: triaging.take_back(question=copies[1], version=2, by=staff[0][0], now=now),
    )
    assert outcomes == {"done": 1, "stale": 1}
    live = Claim.objects.filter(released_at=None).count()
    assert (read(question).status, live) in {("in_progress", 1), ("new", 0)}


def test_of_all_who_approve_somebodys_own_words_one_sends_them(staff, now):
    question, (writer, second, *others) = opened(staff, now), staff[0]
    wordings.load(writer=writer, approver=second)
    values = {"kind": "redirect", "code": "legal_advice", "text": "A lawyer can help you.", "by": writer}
    words = own_words.propose(question=read(question), now=now, **values)
    rows = [(OwnWords.objects.select_related("round__question").get(pk=words.pk), by) for by in others]

    def approve(row, by):
        own_words.approve(words=row, by=by, now=now)

    outcomes = at_once(*[lambda pair=pair: approve(*pair) for pair in rows])
    assert outcomes == {"done": 1, "stale": len(others) - 1}
    assert Message.objects.filter(kind="redirect").count() == 1


def test_of_all_who_sit_down_beside_somebody_one_does(staff, now):
    question = written(staff, now)
    copies = [(read(question), by) for by in staff[0]]

    def sit(copy, by):
        sitting.sit_down(question=copy, by=by, now=now)

    assert at_once(*[lambda pair=pair: sit(*pair) for pair in copies]) == {"done": 1, "refused": AT_ONCE - 1}
    assert Sitting.objects.filter(ended_at=None).count() == 1


def test_a_contact_is_shown_to_one_of_all_the_windows_that_ask(staff, now):
    lead, _ = LeadFactory(alias="Lead"), LeadFactory(alias="Another lead")
    question = make_question(text=TEXT, now=now, email="someone@example.org")
    broken = glass.break_glass(question=question, what="contact", reason="Danger.", by=lead, now=now)
    shown = []

    def show():
        shown.append(glass.show(glass=broken, by=lead, now=now))

    assert at_once(*[show] * AT_ONCE) == {"done": 1, "refused": AT_ONCE - 1}
    assert shown == ["someone@example.org"]


def test_no_words_come_into_a_call_for_support_after_it_was_answered(staff, now):
    (ruth, *_), (sam, *_) = staff
    call, read = supporting.call(person=sam, now=now), []

    def answer():
        supporting.answer(call=call, by=ruth, now=now)
        read.append(SupportCall.objects.get(pk=call.pk).words)

    def add(number):
        supporting.call(person=Person.objects.get(pk=sam.pk), words=f"Word {number}.", now=now)

    adding = [lambda number=number: add(number) for number in range(1, AT_ONCE)]
    assert at_once(*adding, answer) == {"done": AT_ONCE}
    assert read == [SupportCall.objects.get(pk=call.pk).words]
    said = "\n\n".join(row.words or "" for row in SupportCall.objects.all())
    assert all(f"Word {number}." in said for number in range(1, AT_ONCE))


def test_of_many_windows_one_practice_answer_waits_and_of_many_reviewers_one_marks_it(staff, now):
    supervisors, (sam, *_) = staff
    unit = teaching.course("craft").last
    sending = [partial(practising.send, unit=unit, words=f"Try {n}.", by=sam, now=now) for n in range(AT_ONCE)]
    assert at_once(*sending) == {"done": 1, "refused": AT_ONCE - 1}
    row = Attempt.objects.select_related("person").get()
    said = {"attempt": row, "words": "Warm.", "now": now}
    marking = [partial(practising.mark, good=by.pk < row.pk, by=by, **said) for by in supervisors]
    assert at_once(*marking) == {"done": 1, "stale": AT_ONCE - 1}
    row = Attempt.objects.get()
    assert (row.feedback, row.good) == ("Warm.", row.feedback_by_id < row.pk)


def test_of_many_who_pass_a_track_one_does(staff, now):
    supervisors, (sam, *_) = staff
    ready_for(sam, "limits", supervisors[0], now)
    passing = [partial(training.pass_track, person=sam, track="limits", by=by, now=now) for by in supervisors]
    assert at_once(*passing) == {"done": 1, "stale": AT_ONCE - 1}
    assert Training.objects.get().passed_on == now.date()


def test_a_question_and_the_deleting_of_its_topic_wait_for_each_other(staff, now):
    tom, topic = ManagerFactory(), TopicFactory(slug="anger")
    TopicFactory(slug="body")
    saved, outcomes = Event(), []

    def ask():
        with transaction.atomic():
            asking.ask(text=TEXT, age_band="13-15", topic="anger", now=now)
            saved.set()
            sleep(0.5)  # the other is at its own look by now

    def delete():
        saved.wait(10)
        outcomes.append(_outcome(partial(topics.delete, topic=topic, by=tom, now=now)))

    assert at_once(ask, delete) == {"done": 2}
    assert (outcomes, Question.objects.get().topic) == (["refused"], topic)


def test_a_question_about_a_topic_that_is_being_deleted_gets_a_sentence(staff, now):
    tom, topic = ManagerFactory(), TopicFactory(slug="anger")
    TopicFactory(slug="body")
    gone, outcomes = Event(), []

    def delete():
        with transaction.atomic():
            topics.delete(topic=topic, by=tom, now=now)
            gone.set()
            sleep(0.5)

    def ask():
        gone.wait(10)
        outcomes.append(_outcome(partial(asking.ask, text=TEXT, age_band="13-15", topic="anger", now=now)))

    assert at_once(delete, ask) == {"done": 2}
    assert (outcomes, Question.objects.count(), Topic.objects.get().slug) == (["refused"], 0, "body")


def test_a_topic_that_becomes_heavy_and_a_question_that_is_given_another_one_wait_for_one_another(staff, now):
    """Its questions are taken from the young while the topic is held: whoever holds a question may wait for none."""
    tom, body = ManagerFactory(), TopicFactory(slug="body")
    question = make_question(text=TEXT, now=now, topic=TopicFactory(slug="anger"))
    Question.objects.filter(pk=question.pk).update(offered_to=staff[1][0])
    held, topic = Event(), question.topic

    def pause():
        held.set()
        sleep(0.5)  # the other is at the question by now

    def pass_on():
        said = {"summary": "New school.", "content_notes": [], "topic": body}
        with before("SELECT", "questions_topic", pause):
            triaging.pass_on(question=read(question), version=1, by=staff[0][0], now=now, **said)

    def edit():
        held.wait(10)
        words = {"label": topic.label, "clean_label": "", "keywords": [], "sensitive": True, "place": 1}
        topics.edit(topic=topic, seen=topics.seen(topic), by=tom, now=now, **words)

    assert at_once(pass_on, edit) == {"done": 2}
    assert read(question).topic == body


def test_a_file_of_services_and_a_service_that_is_saved_wait_for_one_another(calendar, now):
    """A crisis service is held before any other by both, also where it is not the first in the table."""
    mia, tom = ManagerFactory(), ManagerFactory()
    plain = service("hiya", crisis=False, phone="0800 1")
    service("police", phone="999")
    text, held = exchanging.export(), Event()

    def pause():
        held.set()
        sleep(0.5)  # the other waits for the crisis service by now

    def save():
        # After both looks at the crisis services, which this one holds.
        with before("SELECT", "questions_signpost", pause, nth=3):
            signposts.save(entries.entry_of(plain), signpost=plain, seen=signposts.seen(plain), by=mia, now=now)

    def bring_in():
        held.wait(10)
        exchanging.bring_in(text, seen=exchanging.plan(text, now=now).seen, by=tom, now=now)

    assert at_once(save, bring_in) == {"done": 2}


@pytest.mark.parametrize("turn", range(8))
def test_of_one_who_leaves_and_one_who_is_named_somebody_is_left_to_read_the_case(staff, now, turn):
    leads, manager = [LeadFactory(alias=f"Lead {number}") for number in range(2)], ManagerFactory()
    case = make_question(text=TEXT, now=now, about_staff=True)
    outcomes = at_once(
        lambda: naming.name_person(question=read(case), person=leads[0], by=leads[0], now=now),
        lambda: leaving.leave(person=Person.objects.get(pk=leads[1].pk), by=manager, now=now),
    )
    assert outcomes == {"done": 1, "refused": 1}
    assert [person for person in Person.objects.all() if roles.may_see(person, read(case))]


def test_a_webhook_removed_while_its_secret_is_changed_leaves_nothing_behind(now):
    person, partner = ManagerFactory(), Partner.objects.create(name="Harbour Youth", slug="harbour")
    hooks.add(partner=partner, url="https://hooks.example.org/", now=now)
    gone = str(Hook.objects.get().pk)
    copies = [{"hook": Hook.objects.get(), "by": person, "now": now} for _ in range(AT_ONCE)]
    seen = hooks.mark(copies[0]["hook"])
    acts = [partial(partner_access.change_secret, seen=seen, **copy) for copy in copies[::2]]
    outcomes = at_once(*acts, *[partial(partner_access.remove_hook, **copy) for copy in copies[1::2]])
    assert sum(outcomes.values()) - outcomes["stale"] == outcomes["done"] in {1, 2}
    assert (Hook.objects.count(), ShownOnce.objects.count(), replaying.behind()) == (0, 0, 0)
    assert ledger.named(ending.HOOK_GONE) == [gone]


def test_of_one_persons_answers_to_the_round_one_stands_and_no_thanks_are_too_many(staff, now):
    (ruth, *_), (sam, *_) = staff
    texts = [f"Number {number}." for number in range(AT_ONCE)]
    # Whoever said something else meanwhile is asked to look again: none is refused for another reason.
    answers = at_once(*[partial(posting.answer_round, text=text, by=sam, now=now) for text in texts])
    assert (sum(answers.values()), set(answers) <= {"done", "stale"}) == (AT_ONCE, True)
    assert (Post.objects.count(), Post.objects.get().text in texts) == (1, True)
    given = [Kudos(person=sam, giver=ruth, text="Thanks.", at=now) for _ in range(praising.MOST_A_DAY - 1)]
    Kudos.objects.bulk_create(given)
    at_once(*[partial(praising.praise, person=sam, text=text, by=ruth, now=now) for text in texts])
    assert Kudos.objects.count() == praising.MOST_A_DAY


def test_of_all_windows_in_which_one_person_opens_a_question_one_is_noted_and_none_after_it_is_erased(staff, now):
    (ruth, *_), question = staff[0], opened(staff, now)
    page = read(question)
    note = partial(opening.note, person=ruth, question=page, now=now)
    assert at_once(*[note] * AT_ONCE) == {"done": AT_ONCE}
    assert Opened.objects.values_list("person", "question").get() == (ruth.pk, question.pk)
    Opened.objects.all().delete()
    erase = partial(withdrawing.erase, question=read(question), now=now)
    assert at_once(*[note] * (AT_ONCE - 1), erase) == {"done": AT_ONCE}
    assert Opened.objects.count() == 0


def test_of_two_managers_who_take_the_role_from_each_other_one_is_left(staff, now):
    tom, mia = (ManagerFactory(alias=alias) for alias in ("Tom", "Mia"))

    def demote(person, by):
        seen = people.mark(person, "role")
        people.set_role(person=person, role="supervisor", deputy=False, seen=seen, by=by, now=now)

    outcomes = at_once(*[lambda pair=pair: demote(*pair) for pair in ((mia, tom), (tom, mia), (mia, mia), (tom, tom))])
    assert outcomes["done"] == 1
    assert set(outcomes) <= {"done", "stale", "refused"}
    assert Person.objects.filter(role=Role.MANAGER, is_active=True).count() == 1


def test_of_managers_who_end_each_other_in_a_ring_one_is_left(staff, now):
    ring = [ManagerFactory(alias=f"Manager {number}") for number in range(8)]

    def end(number):
        leaving.leave(person=ring[(number + 1) % len(ring)], by=ring[number], now=now)

    outcomes = at_once(*[lambda number=number: end(number) for number in range(len(ring))])
    assert set(outcomes) <= {"done", "stale", "refused"}
    left = Person.objects.filter(role=Role.MANAGER, is_active=True).count()
    assert left == len(ring) - outcomes["done"] >= 1


def test_of_all_who_change_one_person_at_once_one_does_and_the_rest_see_how_it_stands(staff, now):
    sam, tom = staff[1][0], ManagerFactory()
    seen = people.mark(sam, "who")

    def rename(number):
        people.set_who(person=sam, alias=f"Sam {number}", email=sam.email, seen=seen, by=tom, now=now)

    outcomes = at_once(*[lambda number=number: rename(number) for number in range(AT_ONCE)])
    assert outcomes == {"done": 1, "stale": AT_ONCE - 1}
