from datetime import date, timedelta

import pytest

from advisors.drafting.models import Claim, DraftVersion
from advisors.signoff import levels
from advisors.signoff.models import LevelChange
from askpeer import history
from askpeer.errors import Refused, Stale
from askpeer.models import OutboxRow
from questions.models import Feedback, Message, Question, SafetyReport
from tests.advisors.signoff.conftest import row
from tests.factories import PersonFactory, make_question

pytestmark = pytest.mark.django_db


def test_raising_to_red_alerts_and_needs_no_reason(calendar, now, ruth):
    question = make_question(now=now)
    levels.raise_level(question=question, level="red", reason="", by=ruth, now=now)
    assert Question.objects.get().level == "red"
    assert [row.kind for row in OutboxRow.objects.all()] == ["red-question"]
    entry = history.of(question.subject)[-1]
    assert (entry.kind, entry.actor, entry.facts) == ("level", ruth.name, {"from": "green", "to": "red"})


def test_a_red_question_is_triaged_within_the_hour(calendar, now, ruth):
    question = make_question(now=now)
    before = Question.objects.get().alarm_at
    levels.raise_level(question=question, level="red", reason="", by=ruth, now=now)
    assert Question.objects.get().alarm_at < before


def test_lowering_keeps_the_reason_sealed(calendar, now, ruth):
    question = make_question(now=now, level="amber")
    levels.lower_level(question=question, level="green", reason="It was a song.", by=ruth, now=now)
    change = LevelChange.objects.get()
    assert (Question.objects.get().level, change.was, change.level, change.reason, change.by) == (
        "green",
        "amber",
        "green",
        "It was a song.",
        ruth,
    )


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_lowering_without_a_reason_is_refused(calendar, now, ruth, reason):
    question = make_question(now=now, level="amber")
    with pytest.raises(Refused, match="Say why the level can be lowered"):
        levels.lower_level(question=question, level="green", reason=reason, by=ruth, now=now)
    assert Question.objects.get().level == "amber"


@pytest.mark.parametrize(
    ("verb", "level"), [("raise_level", "amber"), ("lower_level", "amber"), ("raise_level", "blue")]
)
def test_a_level_that_is_no_change_is_refused(calendar, now, ruth, verb, level):
    question = make_question(now=now, level="amber")
    with pytest.raises(Refused, match=r"Choose (a higher level|a lower level|green, amber or red)"):
        getattr(levels, verb)(question=question, level=level, reason="Because.", by=ruth, now=now)


def test_a_reason_that_is_too_long_is_refused_with_its_limit(calendar, now, ruth):
    question = make_question(now=now, level="amber")
    with pytest.raises(Refused, match=r"500 characters at most\. This one has 501"):
        levels.lower_level(question=question, level="green", reason="x" * 501, by=ruth, now=now)


def test_the_second_of_two_who_change_it_is_stale(calendar, now, ruth, omar):
    first, second = make_question(now=now, level="amber"), Question.objects.get()
    levels.raise_level(question=first, level="red", reason="", by=ruth, now=now)
    with pytest.raises(Stale):
        levels.lower_level(question=second, level="green", reason="A song.", by=omar, now=now)
    assert Question.objects.get().level == "red"


@pytest.fixture
def young_holder(in_review):
    """Make a question on which an advisor of 16 wrote the answer, in a status of ours."""

    def make(status):
        question = row(in_review(by=PersonFactory(born_on=date(2010, 3, 1))))
        Question.objects.update(status=status)
        return Question.objects.get(pk=question.pk)

    return make


@pytest.mark.parametrize(
    ("status", "then"),
    [
        ("in_progress", "open"),
        ("changes_requested", "open"),
        ("in_review", "in_review"),
        ("pending_asker", "pending_asker"),
    ],
)
@pytest.mark.parametrize("level", ["amber", "red"])
def test_an_advisor_under_18_lets_go_of_what_is_raised_and_the_draft_stays(
    young_holder, now, ruth, status, then, level
):
    question = young_holder(status)
    levels.raise_level(question=question, level=level, reason="", by=ruth, now=now)
    kept = Question.objects.get()
    assert (kept.status, kept.holder, kept.level) == (then, None, level)
    assert Claim.objects.filter(released_at=None).count() == 0
    assert DraftVersion.objects.count() == 1


def test_an_adult_keeps_what_is_raised(in_review, now, ruth, advisor):
    question = row(in_review())
    levels.raise_level(question=question, level="red", reason="", by=ruth, now=now)
    assert Question.objects.get().holder == advisor


def test_what_is_raised_is_not_offered_to_an_advisor_under_18_any_more(calendar, now, ruth):
    question = make_question(now=now, offered_to=PersonFactory(born_on=date(2010, 3, 1)))
    levels.raise_level(question=question, level="amber", reason="", by=ruth, now=now)
    assert Question.objects.get().offered_to is None


def test_an_advisor_changes_no_level(calendar, now, advisor):
    with pytest.raises(Refused, match="Only a supervisor"):
        levels.raise_level(question=make_question(now=now), level="red", reason="", by=advisor, now=now)


def test_a_change_is_undone_by_who_made_it(calendar, now, ruth):
    question = make_question(now=now)
    levels.raise_level(question=question, level="red", reason="", by=ruth, now=now)
    levels.undo(question=question, by=ruth, now=now + timedelta(minutes=10))
    newest = LevelChange.objects.order_by("-at").first()
    assert (Question.objects.get().level, newest.was, newest.level, newest.reason) == (
        "green",
        "red",
        "green",
        "Undone",
    )


def test_undoing_a_lowering_raises_it_again_without_a_reason_and_red_is_told(calendar, now, ruth):
    question = make_question(now=now, level="red")
    levels.lower_level(question=question, level="green", reason="A song.", by=ruth, now=now)
    assert OutboxRow.objects.count() == 0
    change = levels.undo(question=question, by=ruth, now=now + timedelta(minutes=1))
    assert (Question.objects.get().level, change.reason) == ("red", "")
    assert [row.kind for row in OutboxRow.objects.all()] == ["red-question"]


def test_nobody_undoes_another_persons_change_nor_an_old_one(calendar, now, ruth, omar):
    question = make_question(now=now)
    levels.raise_level(question=question, level="amber", reason="", by=ruth, now=now)
    for by, moment in ((omar, now), (ruth, now + timedelta(minutes=10, microseconds=1))):
        with pytest.raises(Refused, match="You can undo your own change of a level for ten minutes"):
            levels.undo(question=question, by=by, now=moment)
    assert Question.objects.get().level == "amber"


def test_words_that_came_since_keep_the_level(calendar, now, ruth):
    question = make_question(now=now)
    levels.raise_level(question=question, level="amber", reason="", by=ruth, now=now)
    sent = now + timedelta(minutes=1)
    Message.objects.create(round=question.round, kind="reply", text="Since May.", sent_at=sent)
    with pytest.raises(Stale, match="Something happened to this question since"):
        levels.undo(question=question, by=ruth, now=sent)
    assert Question.objects.get().level == "amber"


def test_a_level_that_software_raised_since_stays(calendar, now, ruth):
    question = make_question(now=now)
    levels.raise_level(question=question, level="amber", reason="", by=ruth, now=now)
    Question.objects.update(level="red")
    with pytest.raises(Stale):
        levels.undo(question=question, by=ruth, now=now)
    assert Question.objects.get().level == "red"


def test_a_level_on_which_a_move_rested_stays(calendar, now, ruth):
    question = make_question(now=now)
    levels.raise_level(question=question, level="amber", reason="", by=ruth, now=now)
    Question.objects.update(entered_at=now + timedelta(seconds=1))
    with pytest.raises(Stale):
        levels.undo(question=Question.objects.get(), by=ruth, now=now + timedelta(seconds=2))


def test_there_is_nothing_to_undo_where_nothing_was_changed(calendar, now, ruth):
    with pytest.raises(Refused, match="You can undo your own"):
        levels.undo(question=make_question(now=now), by=ruth, now=now)


def test_a_question_that_is_raised_to_red_again_is_told_of_again(calendar, now, ruth):
    question, times = make_question(now=now), [now, now + timedelta(hours=1)]
    for at in times:
        levels.raise_level(question=question, level="red", reason="", by=ruth, now=at)
        levels.lower_level(question=question, level="green", reason="We spoke.", by=ruth, now=at)
    rows = OutboxRow.objects.filter(kind="red-question").order_by("due_at")
    assert list(rows.values_list("due_at", flat=True)) == times


def test_a_question_raised_to_red_after_its_hour_is_reminded_of_at_once(calendar, now, ruth):
    question, later = make_question(now=now), now + timedelta(hours=2)
    levels.raise_level(question=question, level="red", reason="", by=ruth, now=later)
    assert Question.objects.values_list("alarm_kind", "alarm_at").get() == ("full", later)


@pytest.mark.parametrize("kind", [Feedback, SafetyReport])
def test_words_about_an_answer_that_came_since_keep_the_level(calendar, now, ruth, kind):
    question, sent = make_question(now=now), now + timedelta(minutes=1)
    levels.raise_level(question=question, level="red", reason="", by=ruth, now=now)
    kind.objects.create(round=question.round, words="I am not safe.", sent_at=sent)
    with pytest.raises(Stale, match="Something happened to this question since"):
        levels.undo(question=question, by=ruth, now=sent)
    assert Question.objects.get().level == "red"


@pytest.mark.parametrize("kind", [Feedback, SafetyReport])
def test_words_about_an_answer_that_were_there_before_stop_no_undoing(calendar, now, ruth, kind):
    question = make_question(now=now)
    kind.objects.create(round=question.round, words="Before.", sent_at=now)
    levels.raise_level(question=question, level="red", reason="", by=ruth, now=now)
    levels.undo(question=question, by=ruth, now=now)
    assert Question.objects.get().level == "green"
