from datetime import UTC, datetime, timedelta

import pytest

from askpeer import receipts
from askpeer.errors import Refused, Stale
from askpeer.models import OutboxRow, TrailEntry
from questions import moves, states
from questions.intake import asking, feedback, following, opening, reading, replying, reporting, withdrawing
from questions.models import Contact, Feedback, Message, Question, Reminder, Round, SafetyReport
from tests.factories import PersonFactory, make_question

pytestmark = pytest.mark.django_db
SUPERVISOR = moves.Actor(states.SUPERVISOR, "person:s")
ADVISOR = moves.Actor(states.ADVISOR, "person:a")


def answered(now, *, text="Here is what could help.", holder=None, **values):
    """A question whose first round has its answer."""
    question = make_question(now=now, **values)
    moves.move(question, "open", by=SUPERVISOR, now=now)
    moves.move(question, "in_progress", by=ADVISOR, now=now, changes={"holder": holder})
    moves.move(question, "in_review", by=ADVISOR, now=now)
    answer(question, text, now=now)
    return question


def answer(question, text, *, now):
    turn = question.round
    Message(round=turn, kind="answer", text=text, html=f"<p>{text}</p>", digest=b"d" * 32, sent_at=now).save()
    turn.answered_at = now
    turn.save()
    moves.move(question, "answered", by=SUPERVISOR, now=now)


def pending(now, **values):
    question = make_question(now=now, **values)
    for to, by in (("open", SUPERVISOR), ("in_progress", ADVISOR), ("in_review", ADVISOR)):
        moves.move(question, to, by=by, now=now)
    moves.move(question, "pending_asker", by=SUPERVISOR, now=now)
    return question


def test_asking_keeps_the_promise_that_was_shown(calendar, now):
    shown = datetime(2026, 11, 18, 18, tzinfo=UTC)
    asked = asking.ask(text="help", age_band="13-15", now=now, promised_at=shown)
    assert (asked.question.round.promised_at, asked.question.round.due_at) == (shown, shown)


def test_asking_writes_history_without_a_word_of_the_question(calendar, now):
    asked = asking.ask(text="help", age_band="13-15", now=now, email="me@example.org")
    entry = TrailEntry.objects.get()
    assert (entry.subject, entry.kind, entry.actor, entry.facts) == (
        asked.question.subject,
        "asked",
        "asker",
        {"level": "green", "quarantined": False},
    )
    assert OutboxRow.objects.count() == 0


def test_asking_sets_the_first_alarm(calendar, now):
    asking.ask(text="help", age_band="13-15", now=now)
    asked = Question.objects.get()
    expected = make_question(now=now)
    assert (asked.alarm_at, asked.alarm_kind) == (expected.alarm_at, expected.alarm_kind)


def test_a_red_question_tells_somebody_at_once(calendar, now, phrases):
    asked = asking.ask(text="", timeline=["not safe tonight"], age_band="13-15", now=now)
    row = OutboxRow.objects.get()
    assert (asked.level, row.kind, row.refs) == ("red", "red-question", {"subject": asked.question.subject, "round": 1})


def test_under_eleven_stores_nothing(calendar, now):
    with pytest.raises(asking.TooYoung) as refusal:
        asking.ask(text="help", age_band="under-11", now=now)
    assert str(refusal.value) == "You're not in trouble. These people talk to children your age."
    assert Question.objects.count() == 0


BAD = [
    ({"text": ""}, "Write something, or choose a card. One word is enough."),
    ({"text": "x" * 3001}, "There is room for 3,000 characters. This has 3,001. Nothing is lost: make it shorter."),
    ({"text": "a\0"}, "There is a character in your text that we cannot store. Try typing that part again."),
    ({"text": "\ud800"}, "There is a character in your text that we cannot store. Try typing that part again."),
    ({"age_band": "7"}, "Choose how old you are. You can say you'd rather not."),
    ({"nation": "Atlantis"}, "We don't know that place. Leave it out, or choose one from the list."),
    ({"wants": ["money"]}, "Choose what would help from the list: listening, ideas or facts."),
    ({"writer": "king"}, "Choose who may write: anyone, someone 18 or over, or an expert."),
    ({"language": "xx"}, "We can't answer in that language yet."),
    ({"topic": "nope"}, "We don't have that topic. Choose one from the list, or leave it out."),
    ({"cards": ["evil"]}, "One of those cards is not in our set. Choose from the cards on the page."),
    ({"timeline": ["a"] * 7}, "The timeline has room for 6 moments."),
    ({"email": "nobody"}, "That e-mail address doesn't look right. Check it, or leave it out."),
]


@pytest.mark.parametrize(("given", "sentence"), BAD)
def test_what_cannot_be_used_is_refused_with_a_sentence_and_stores_nothing(calendar, now, given, sentence):
    with pytest.raises(Refused) as refusal:
        asking.ask(**{"text": "help", "age_band": "13-15", "now": now} | given)
    assert str(refusal.value) == sentence
    assert (Question.objects.count(), Round.objects.count(), Contact.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("typed", ["{}", "  {}\n", "upper", "dashes"])
def test_the_words_open_the_question_however_they_are_typed(calendar, now, typed):
    receipt = receipts.draw()
    question = make_question(receipt=receipt)
    changed = {"upper": receipt.upper(), "dashes": receipt.replace(" ", "-")}
    assert opening.open_question(receipt=changed.get(typed, typed.format(receipt)), now=now) == question


def test_unknown_erased_and_misordered_words_are_refused_alike(calendar, now, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    erased, kept = receipts.draw(), "one two three four five six"
    withdrawing.erase(question=make_question(receipt=erased), now=now)
    turned = receipts.draw()
    make_question(receipt=turned)
    for typed in (erased, kept, receipts.draw(), " ".join(reversed(turned.split())), "", "x" * 5000):
        with pytest.raises(opening.Unknown) as refusal:
            opening.open_question(receipt=typed, now=now)
        assert str(refusal.value) == ("Those words don't open anything. Check the spelling. Old questions are erased.")


def test_a_follow_up_is_a_new_round_with_a_promise_of_its_own_offered_to_the_same_advisor(calendar, now):
    holder = PersonFactory()
    question = answered(now, holder=holder)
    later = now + timedelta(days=1)
    turn = following.follow_up(question=question, text="And what if she says no?", now=later)
    row = Question.objects.get()
    assert (row.status, row.round_number, row.holder, row.offered_to) == ("new", 2, None, holder)
    assert turn.promised_at == datetime(2026, 11, 20, 18, tzinfo=UTC)
    message = turn.messages.get()
    assert (message.kind, message.text, message.passed_at) == ("follow_up", "And what if she says no?", None)


def test_someone_else_next_time_is_offered_to_nobody_first(calendar, now):
    question = answered(now, holder=PersonFactory())
    following.follow_up(question=question, text="more", someone_else=True, now=now)
    assert Question.objects.get().offered_to is None


def test_a_third_follow_up_is_refused(calendar, now):
    question = answered(now)
    for number in (2, 3):
        following.follow_up(question=question, text="more", now=now)
        question.status = "in_review"
        Question.objects.update(status="in_review")
        answer(question, f"Answer {number}", now=now)
    with pytest.raises(Refused, match="followed this one up twice"):
        following.follow_up(question=question, text="more", now=now)
    assert Round.objects.count() == 3


def test_of_two_follow_ups_sent_at_once_the_second_is_stale_and_leaves_nothing(calendar, now):
    first = answered(now)
    second = Question.objects.get()
    following.follow_up(question=first, text="one", now=now)
    with pytest.raises(Stale):
        following.follow_up(question=second, text="two", now=now)
    assert [message.text for message in Message.objects.filter(kind="follow_up")] == ["one"]


def test_a_follow_up_before_the_answer_is_refused(calendar, now):
    with pytest.raises(Refused, match="You can write again once your answer is here"):
        following.follow_up(question=make_question(), text="hello?", now=now)


def test_a_risk_phrase_in_a_follow_up_raises_the_level_and_tells_somebody(calendar, now, phrases):
    question = answered(now)
    following.follow_up(question=question, text="not safe tonight", now=now)
    row = Question.objects.get()
    assert (row.level, row.alarm_at) == ("red", now + timedelta(minutes=30))
    assert OutboxRow.objects.get().kind == "red-question"


def test_a_reply_waits_for_triage_and_gives_the_question_back(calendar, now):
    question = pending(now)
    message = replying.reply(question=question, text="She is in my class.", now=now + timedelta(hours=1))
    row = Question.objects.get()
    assert (row.status, message.kind, message.passed_at) == ("in_progress", "reply", None)


def test_a_second_reply_is_refused(calendar, now):
    question = pending(now)
    replying.reply(question=question, text="one", now=now)
    with pytest.raises(Refused, match="not waiting for a reply now"):
        replying.reply(question=question, text="two", now=now)
    assert Message.objects.filter(kind="reply").count() == 1


def test_feedback_is_kept_once_a_round_and_its_words_wait_for_triage(calendar, now):
    question = answered(now)
    feedback.give(question=question, now=now, felt_heard=True)
    assert Feedback.objects.get().passed_at == now
    feedback.give(question=question, now=now, felt_heard=False, words="It was too short.")
    row = Feedback.objects.get()
    assert (row.felt_heard, row.words, row.passed_at) == (False, "It was too short.", None)


def test_empty_feedback_and_feedback_before_an_answer_are_refused(calendar, now):
    with pytest.raises(Refused, match="Choose an answer or write a few words first"):
        feedback.give(question=answered(now), now=now)
    with pytest.raises(Refused, match="There is no answer yet"):
        feedback.give(question=make_question(), now=now, felt_heard=True)


def test_words_of_feedback_raise_the_level(calendar, now, phrases):
    question = answered(now)
    feedback.give(question=question, now=now, words="im going to end it")
    assert (Question.objects.get().level, OutboxRow.objects.get().kind) == ("red", "red-question")


def test_a_report_reaches_a_supervisor_at_once_even_without_words(calendar, now):
    question = answered(now)
    report = reporting.report(question=question, words="", now=now)
    row = OutboxRow.objects.get()
    assert (row.kind, row.refs) == ("safety-report", {"subject": question.subject, "report": str(report.pk)})
    assert SafetyReport.objects.get().words == ""


def test_erasing_leaves_nothing_that_was_said(calendar, now, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    question = answered(now, email="me@example.org")
    feedback.give(question=question, now=now, words="thanks")
    reporting.report(question=question, words="hm", now=now)
    withdrawing.erase(question=question, now=now)
    kept = [model.objects.count() for model in (Message, Feedback, SafetyReport, Contact, Reminder, OutboxRow)]
    assert kept == [0] * 6
    assert Question.objects.get().status == "withdrawn"


def test_a_thread_holds_everything_in_order_and_the_newest_answer(calendar, now, django_assert_num_queries):
    question = answered(now, text="First answer.")
    following.follow_up(question=question, text="More?", cards=["sad"], now=now)
    fresh = Question.objects.get()
    with django_assert_num_queries(2):
        thread = reading.thread(fresh, now=now)
    assert [(said.voice, said.text, said.cards) for said in thread.messages] == [
        ("asker", "I feel alone at my new school.", []),
        ("advisor", "First answer.", []),
        ("asker", "More?", ["sad"]),
    ]
    assert (thread.answer.text, thread.status, thread.late, thread.follow_ups_left) == (
        "First answer.",
        "new",
        False,
        1,
    )
    assert (thread.may_follow_up, thread.clarification) == (False, None)


def test_a_thread_is_late_from_the_second_it_was_due(calendar, now):
    question, due = make_question(now=now), datetime(2026, 11, 19, 18, tzinfo=UTC)
    late = [reading.thread(question, now=due - timedelta(seconds=1)).late, reading.thread(question, now=due).late]
    assert late == [False, True]


RED = "not safe tonight"


def alerts():
    """When each alert about a red question is due."""
    return list(OutboxRow.objects.filter(kind="red-question").order_by("due_at").values_list("due_at", flat=True))


@pytest.mark.parametrize(
    "send",
    [
        lambda question, now: feedback.give(question=question, words=RED, now=now),
        lambda question, now: reporting.report(question=question, words=RED, now=now),
        lambda question, now: following.follow_up(question=question, text=RED, now=now),
    ],
    ids=["feedback", "report", "follow-up"],
)
def test_red_words_on_a_question_that_is_red_already_are_told_of_too(calendar, now, phrases, send):
    question, later = answered(now), now + timedelta(days=1)
    feedback.give(question=question, words=RED, now=now)
    send(Question.objects.get(), later)
    assert alerts() == [now, later]


def test_red_words_in_a_reply_to_a_red_question_are_told_of_too(calendar, now, phrases):
    later = now + timedelta(hours=1)
    pending(now)
    Question.objects.update(level="red")
    replying.reply(question=Question.objects.get(), text=RED, now=later)
    assert alerts() == [later]


def test_words_that_ask_for_less_than_red_alert_nobody_on_a_red_question(calendar, now, phrases):
    question = answered(now)
    Question.objects.update(level="red")
    feedback.give(question=Question.objects.get(), words="dont want to be here", now=now)
    feedback.give(question=Question.objects.get(), felt_heard=True, now=now)
    assert (Question.objects.get(pk=question.pk).level, alerts()) == ("red", [])


def test_a_question_that_was_lowered_is_told_of_at_once_when_it_is_red_again(calendar, now, phrases):
    answered(now)
    for minute in (0, 1, 2):
        Question.objects.update(level="green")
        feedback.give(question=Question.objects.get(), words=RED, now=now + timedelta(minutes=minute))
    assert alerts() == [now + timedelta(minutes=minute) for minute in (0, 1, 2)]


def test_of_red_words_written_anew_and_anew_people_are_told_once_in_ten_minutes_and_of_the_last_too(
    calendar, now, phrases
):
    answered(now)
    for second in (0, 1, 2, 599, 600, 601, 1199, 1800):
        feedback.give(question=Question.objects.get(), words=f"{RED} {second}", now=now + timedelta(seconds=second))
    assert alerts() == [now + timedelta(seconds=second) for second in (0, 600, 1200, 1800)]


def test_an_alert_that_a_clock_an_hour_ahead_sent_keeps_no_later_one_back(calendar, now, phrases):
    """At 12:00 by that clock, with its relay; then it is right again, and red words come at 11:20, 11:21 and 11:22."""
    ahead = now + timedelta(hours=1)
    answered(now)
    feedback.give(question=Question.objects.get(), words=RED, now=ahead)
    OutboxRow.objects.update(state="sent", settled_at=ahead)
    for minute in (20, 21, 22):
        feedback.give(question=Question.objects.get(), words=f"{RED} {minute}", now=now + timedelta(minutes=minute))
    assert alerts() == [now + timedelta(minutes=20), now + timedelta(minutes=30), ahead]


@pytest.mark.parametrize(
    ("minutes", "told"), [(10, []), (11, [0])], ids=["due in ten minutes", "due later than that, by whatever clock"]
)
def test_only_an_alert_that_leaves_within_ten_minutes_tells_of_new_words_too(calendar, now, phrases, minutes, told):
    answered(now)
    feedback.give(question=Question.objects.get(), words=RED, now=now + timedelta(minutes=minutes))
    feedback.give(question=Question.objects.get(), words=f"{RED} again", now=now)
    assert alerts() == [now + timedelta(minutes=minute) for minute in (*told, minutes)]


def test_the_flood_of_one_asker_keeps_nobody_elses_alert_back(calendar, now, phrases):
    for _ in range(2):
        feedback.give(question=answered(now), words=RED, now=now)
    assert alerts() == [now, now]
