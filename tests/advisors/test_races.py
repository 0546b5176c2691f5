"""Eight people in the same moment, each on a connection of their own: one is first, the others get a sentence."""

import sqlite3
from collections import Counter
from threading import Barrier, Thread

import pytest
from django.db import connection, connections

from advisors.drafting import claiming, writing
from advisors.drafting.models import Claim, Draft, DraftVersion
from advisors.models import Person, Role
from advisors.signoff import leaving, reading, reviewing, triaging
from advisors.signoff.models import Approval, Comment, Reviewing
from askpeer.errors import Refused, Stale
from questions.intake import withdrawing
from questions.models import Message, Question
from tests.factories import LeadFactory, ManagerFactory, PersonFactory, SupervisorFactory, make_question

AT_ONCE = 8
TEXT = "I moved to a new school in May and I eat lunch alone."
DETAILS = ["new school", "lunch alone"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _database_in_a_file(request, tmp_path, settings):
    """SQLite in memory does not wait for another's lock as a file does, so these tests run on a copy in a file."""
    settings.LEDGER = tmp_path / "erased.txt"
    if connection.vendor != "sqlite":
        yield
        return
    in_memory, values = connections["default"], connections.settings["default"]
    name, path = values["NAME"], tmp_path / "races.sqlite3"
    in_memory.ensure_connection()
    with sqlite3.connect(path) as copy:
        in_memory.connection.backup(copy)
    copy.close()
    values["NAME"] = str(path)
    connections["default"] = connections.create_connection("default")
    yield
    connections["default"].close()
    values["NAME"], connections["default"] = name, in_memory


@pytest.fixture
def staff(_database_in_a_file, calendar):
    """Eight supervisors and eight advisors."""
    supervisors = [SupervisorFactory(alias=f"Supervisor {number}") for number in range(AT_ONCE)]
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


def test_of_eight_who_claim_one_question_one_holds_it(staff, now):
    question = opened(staff, now)
    copies = [(read(question), person) for person in staff[1]]

    def claim(copy, person):
        claiming.claim(question=copy, by=person, version=2, now=now)

    outcomes = at_once(*[lambda pair=pair: claim(*pair) for pair in copies])
    assert outcomes == {"done": 1, "stale": 7}
    assert Claim.objects.get().person == read(question).holder


def test_of_eight_who_approve_one_answer_one_signs_and_it_is_sent_once(staff, now):
    question = in_review(staff, now)
    drafts = [(reading.draft_in_review(read(question)), person) for person in staff[0]]

    def approve(draft, person):
        reviewing.approve(draft=draft, number=1, by=person, now=now)

    outcomes = at_once(*[lambda pair=pair: approve(*pair) for pair in drafts])
    assert outcomes == {"done": 1, "stale": 7}
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
    assert (outcomes["done"], outcomes["stale"] + outcomes["refused"]) == (1, 7)
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
            reviewing.approve(draft=draft, number=1, by=by, now=now)
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
    reviewing.approve(draft=reading.draft_in_review(read(question)), number=1, by=first, now=now)
    waits = reading.draft_in_review(read(question))
    at_once(
        lambda: leaving.leave(person=first, by=manager, now=now),
        lambda: reviewing.approve(draft=waits, number=1, by=deputy, now=now),
    )
    signed = Approval.objects.filter(voided_at=None).count()
    assert (read(question).status, signed) in {("answered", 2), ("in_review", 1)}


@pytest.mark.parametrize("turn", range(4))
def test_two_who_signed_each_others_red_answers_may_leave_at_once(staff, now, turn):
    pair, managers = staff[0][:2], [ManagerFactory(), ManagerFactory()]
    questions = [in_review(staff, now, by=person) for person in pair]
    Question.objects.update(level="red")
    for question, other in zip(questions, reversed(pair), strict=True):
        reviewing.approve(draft=reading.draft_in_review(read(question)), number=1, by=other, now=now)

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
