from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from advisors import roles
from advisors.drafting import claiming
from advisors.drafting.masking import names_of
from advisors.drafting.models import Claim
from advisors.signoff import listing, masking, settling, triaging
from advisors.signoff.models import Wording
from askpeer import details, history, prose
from askpeer.errors import Refused, Stale
from askpeer.models import OutboxRow
from questions import moves, redating, ringing
from questions.intake import following
from questions.models import Feedback, Message, Question, Reminder, SafetyReport
from tests.advisors.signoff.conftest import signed_in
from tests.factories import PersonFactory, SupervisorFactory, TopicFactory, make_question
from tests.interleaving import before

pytestmark = pytest.mark.django_db


def at(text):
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=UTC)


def pass_on(question, by, now, **values):
    values = {"version": question.version, "summary": "Lonely at a new school.", "content_notes": []} | values
    triaging.pass_on(question=question, by=by, now=now, **values)


def test_passing_on_opens_the_question_and_its_text_with_one_line_for_the_desk(calendar, now, ruth):
    question, topic = make_question(now=now, quarantined=True), TopicFactory()
    later = now + timedelta(minutes=5)
    pass_on(question, ruth, later, summary="  Lonely   at a new school. ", content_notes=["sex", "sex"], topic=topic)
    row = Question.objects.get()
    assert (row.status, row.version, row.summary, row.content_notes) == ("open", 2, "Lonely at a new school.", ["sex"])
    assert (row.topic, row.quarantined) == (topic, False)
    assert Message.objects.get().passed_at == later


@pytest.mark.parametrize("sensitive", [True, False])
def test_a_sensitive_topic_set_at_triage_takes_a_follow_up_from_an_advisor_under_18(calendar, now, ruth, sensitive):
    young = PersonFactory(born_on=date(2010, 3, 1))
    question = make_question(now=now, offered_to=young)
    pass_on(question, ruth, now, topic=TopicFactory(sensitive=sensitive))
    assert Question.objects.get().offered_to == (None if sensitive else young)


def test_a_reply_that_raised_the_level_takes_the_question_from_an_advisor_under_18(calendar, now, ruth):
    question = make_question(now=now)
    pass_on(question, ruth, now)
    young = PersonFactory(born_on=date(2010, 3, 1))
    claiming.claim(question=question, by=young, version=2, now=now)
    Question.objects.update(level="amber")
    Message.objects.create(round=question.round, kind="reply", text="I was scared.", sent_at=now)
    triaging.pass_message(message=Message.objects.get(kind="reply"), by=ruth, now=now)
    assert Question.objects.values_list("status", "holder").get() == ("open", None)


def told_of_red_words(question, how, now):
    """What the asker says about an answer; its words made the question red, as risk.py does."""
    kind = Feedback if how == "feedback" else SafetyReport
    said = kind.objects.create(round=question.round, words="I am not safe tonight.", sent_at=now)
    Question.objects.update(level="red")
    return kind.objects.select_related("round__question").get(pk=said.pk)


def deal_with(said, by, now):
    if isinstance(said, Feedback):
        triaging.pass_feedback(feedback=said, by=by, now=now)
    else:
        settling.settle(report=said, by=by, now=now)


@pytest.mark.parametrize("how", ["feedback", "report"])
@pytest.mark.parametrize("born", [date(2010, 3, 1), date(2004, 3, 1)])
def test_red_words_about_an_answer_take_the_next_round_from_an_advisor_under_18(calendar, now, ruth, how, born):
    question, person = make_question(now=now), PersonFactory(born_on=born)
    pass_on(question, ruth, now)
    claiming.claim(question=question, by=person, version=2, now=now)
    deal_with(told_of_red_words(question, how, now), ruth, now)
    stays = born.year == 2004
    expected = ("in_progress", person.pk) if stays else ("open", None)
    assert Question.objects.values_list("status", "holder").get() == expected
    assert Claim.objects.filter(released_at=None).count() == stays


@pytest.mark.parametrize("how", ["feedback", "report"])
def test_a_level_raised_while_the_page_was_open_counts(calendar, now, ruth, how):
    question = make_question(now=now)
    pass_on(question, ruth, now)
    claiming.claim(question=question, by=PersonFactory(born_on=date(2010, 3, 1)), version=2, now=now)
    Question.objects.update(level="green")
    said = told_of_red_words(question, how, now)
    said.round.question.level = "green"
    deal_with(said, ruth, now)
    assert Question.objects.get().holder is None


def test_a_level_raised_while_a_reply_was_read_counts(calendar, now, ruth):
    question = make_question(now=now)
    pass_on(question, ruth, now)
    claiming.claim(question=question, by=PersonFactory(born_on=date(2010, 3, 1)), version=2, now=now)
    reply = Message.objects.create(round=question.round, kind="reply", text="I was scared.", sent_at=now)
    reply = Message.objects.select_related("round__question").get(pk=reply.pk)
    Question.objects.update(level="amber")
    triaging.pass_message(message=reply, by=ruth, now=now)
    assert Question.objects.get().holder is None


def test_the_second_of_two_who_pass_on_is_stale_and_changes_nothing(calendar, now, ruth, omar):
    first, second = make_question(now=now), Question.objects.get()
    pass_on(first, ruth, now, summary="The first line.")
    with pytest.raises(Stale):
        pass_on(second, omar, now, summary="The second line.")
    row = Question.objects.get()
    assert (row.summary, row.version) == ("The first line.", 2)


def test_an_old_page_is_stale(calendar, now, ruth):
    question = make_question(now=now)
    with pytest.raises(Stale):
        pass_on(question, ruth, now, version=7)
    assert Question.objects.get().status == "new"


FOUND = "The line for the desk has {} in it. Leave that out: it could point to one person."


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("  ", "Write one line for the desk, so that an advisor can choose."),
        ("x" * 161, "The line for the desk can have 160 characters at most. This one has 161."),
        ("Ring 07700 900123", FOUND.format("a phone number")),
        ("New at Oakfield Academy", FOUND.format("the name of a school")),
        ("My name is Izzy, or @izzy22 and @izzy23", FOUND.format("a name and a user name")),
        ("a\0b", "There is a character in your text that we cannot store. Try typing that part again."),
    ],
)
def test_a_line_that_cannot_stand_is_refused_with_a_sentence(calendar, now, ruth, line, sentence):
    question = make_question(now=now)
    with pytest.raises(Refused) as refused:
        pass_on(question, ruth, now, summary=line)
    assert str(refused.value) == sentence
    assert Question.objects.get().status == "new"


def test_only_five_content_notes_fit(calendar, now, ruth):
    question = make_question(now=now)
    with pytest.raises(Refused, match="5 content notes at most"):
        pass_on(question, ruth, now, content_notes=triaging.CONTENT_NOTES[:6])


def test_a_content_note_in_words_of_ones_own_is_refused(calendar, now, ruth):
    """The desk keeps them in the clear beside every card."""
    question = make_question(now=now)
    with pytest.raises(Refused, match="Choose the content notes from the list"):
        pass_on(question, ruth, now, content_notes=["her dog Biscuit"])


def test_an_advisor_cannot_pass_on(calendar, now, advisor):
    with pytest.raises(Refused, match="Only a supervisor"):
        pass_on(make_question(now=now), advisor, now)


def test_a_case_about_staff_is_the_leads_and_never_reaches_the_desk(calendar, now, ruth, lead):
    question = make_question(now=now, about_staff=True)
    with pytest.raises(Refused, match="You cannot open this question"):
        pass_on(question, ruth, now)
    with pytest.raises(Refused, match="stays with the safeguarding lead"):
        pass_on(question, lead, now)
    assert Question.objects.get().status == "new"


def test_a_recused_supervisor_cannot_triage(calendar, now, ruth):
    question = make_question(now=now)
    claiming.recuse(question=question, by=ruth, now=now)
    with pytest.raises(Refused, match="You cannot open this question"):
        pass_on(question, ruth, now)


def test_a_redirect_sends_the_approved_sentence_and_ends_the_round(calendar, now, ruth, sentences, in_review):
    draft = in_review()
    question = Question.objects.get()
    triaging.redirect(question=question, version=question.version, code="medical_advice", by=ruth, now=now)
    message = Message.objects.get(kind="redirect")
    text = prose.canonical(Wording.objects.get(code="medical_advice").text)
    assert (Question.objects.get().status, message.text, message.html) == ("redirected", text, prose.render(text))
    assert bytes(message.digest) == prose.digest(text, key=question.key())
    assert list(Claim.objects.values_list("released_at", flat=True)) == [now]
    kept = [entry.facts["code"] for entry in history.of(question.subject) if entry.kind == "redirect"]
    assert (kept, draft.kind) == (["medical_advice"], "answer")


def test_a_sentence_that_one_person_wrote_alone_cannot_be_sent(calendar, now, ruth):
    question = make_question(now=now)
    Wording.objects.create(kind="redirect", code="alone", label="Alone", text="Go there.", writer=ruth)
    for code in ("alone", "unheard_of", ""):
        with pytest.raises(Refused, match="Choose one of the approved sentences in the list"):
            triaging.redirect(question=question, version=1, code=code, by=ruth, now=now)
    assert (Question.objects.get().status, Message.objects.count()) == ("new", 1)


def test_a_holding_reply_goes_to_a_red_asker_once_and_the_status_stays(calendar, now, ruth, omar, sentences):
    question = make_question(now=now, level="red")
    triaging.hold(question=question, code="not_safe", by=ruth, now=now)
    with pytest.raises(Stale, match="has already been sent"):
        triaging.hold(question=Question.objects.get(), code="unsafe_home", by=omar, now=now)
    assert list(Message.objects.filter(kind="holding").values_list("sent_at", flat=True)) == [now]
    assert (Question.objects.get().status, Question.objects.get().version) == ("new", 1)


def test_a_holding_reply_is_for_red_alone(calendar, now, ruth, sentences):
    with pytest.raises(Refused, match="A holding reply is for a red question"):
        triaging.hold(question=make_question(now=now), code="not_safe", by=ruth, now=now)


def mails_to_askers():
    return list(OutboxRow.objects.filter(kind="answer-ready").order_by("pk").values_list("refs__subject", flat=True))


def test_what_is_sent_takes_a_question_out_of_quarantine(calendar, now, ruth, sentences):
    """Somebody has read it, so its address may be written to, as of any other."""
    held = make_question(now=now, level="red", quarantined=True, email="me@example.org")
    ended = make_question(now=now, quarantined=True, email="me@example.org")
    triaging.hold(question=held, code="not_safe", by=ruth, now=now)
    triaging.redirect(question=ended, version=1, code="medical_advice", by=ruth, now=now)
    assert dict(Question.objects.values_list("pk", "quarantined")) == {held.pk: False, ended.pk: False}
    assert mails_to_askers() == [held.subject, ended.subject]
    for question in (held, ended):
        apart = [entry.facts for entry in history.of(question.subject) if entry.kind == "quarantine"]
        assert apart == [{"apart": False}]


def test_what_was_in_no_quarantine_leaves_none(calendar, now, ruth, sentences):
    question = make_question(now=now, level="red")
    triaging.hold(question=question, code="not_safe", by=ruth, now=now)
    assert "quarantine" not in [entry.kind for entry in history.of(question.subject)]


def test_a_reply_is_passed_once(in_review, now, ruth, omar):
    question = in_review().round.question
    message = Message.objects.create(round=question.round, kind="reply", text="Since May.", sent_at=now)
    waiting = triaging.waiting(ruth, now=now)
    assert ([row.pk for row in waiting.messages], waiting.questions.items) == ([message.pk], [])
    triaging.pass_message(message=message, by=ruth, now=now)
    with pytest.raises(Stale, match="already passed this on"):
        triaging.pass_message(message=Message.objects.get(pk=message.pk), by=omar, now=now)
    assert triaging.waiting(ruth, now=now).messages == []


def test_words_about_an_answer_wait_for_triage(in_review, now, ruth):
    turn = in_review().round
    feedback = Feedback.objects.create(round=turn, words="It helped.", sent_at=now)
    assert [row.words for row in triaging.waiting(ruth, now=now).feedback] == ["It helped."]
    triaging.pass_feedback(feedback=feedback, by=ruth, now=now)
    assert Feedback.objects.get().passed_at == now
    assert triaging.waiting(ruth, now=now).feedback == []


def test_words_that_were_written_anew_are_not_passed_on_with_the_old_page(in_review, now, ruth):
    turn = in_review().round
    feedback = Feedback.objects.create(round=turn, words="It helped.", sent_at=now)
    read = Feedback.objects.get()
    feedback.words, feedback.sent_at = "It did not help after all.", now + timedelta(minutes=1)
    feedback.save()
    with pytest.raises(Stale):
        triaging.pass_feedback(feedback=read, by=ruth, now=now)
    page = signed_in(ruth).post(reverse("review:pass_feedback", args=[read.pk]), {"sent_at": now.isoformat()})
    assert (page.status_code, Feedback.objects.get().passed_at) == (409, None)


@pytest.mark.parametrize("status", ["new", "open", "answered", "redirected", "closed"])
def test_words_about_an_answer_wait_whatever_became_of_the_question(calendar, now, ruth, status):
    question = make_question(now=now)
    feedback = Feedback.objects.create(round=question.round, words="It helped.", sent_at=now)
    Question.objects.update(status=status)
    assert triaging.waiting(ruth, now=now).feedback == [feedback]
    triaging.pass_feedback(feedback=triaging.waiting(ruth, now=now).feedback[0], by=ruth, now=now)
    assert triaging.waiting(ruth, now=now).feedback == []


@pytest.mark.parametrize("status", ["redirected", "closed"])
def test_a_reply_nobody_read_still_waits_and_the_text_that_was_redirected_does_not(calendar, now, ruth, status):
    question = make_question(now=now)
    reply = Message.objects.create(round=question.round, kind="reply", text="Since May.", sent_at=now)
    Question.objects.update(status=status)
    assert triaging.waiting(ruth, now=now).messages == [reply]


def test_what_was_sent_to_a_red_question_is_read_first(calendar, now, ruth):
    first, red = make_question(now=now), make_question(now=now)
    Message.objects.update(passed_at=now)
    for minute, question in enumerate((first, red)):
        values = {"round": question.round, "sent_at": now + timedelta(minutes=minute)}
        Message.objects.create(kind="reply", text="Since May.", **values)
        Feedback.objects.create(words="It helped.", **values)
        SafetyReport.objects.create(words="Wrong.", **values)
    Question.objects.update(status="answered")
    Question.objects.filter(pk=red.pk).update(level="red")
    waiting = triaging.waiting(ruth, now=now)
    for rows in (waiting.messages, waiting.feedback, listing.reports(ruth)):
        assert [row.round.question for row in rows] == [red, first]


def test_red_leads_the_list_and_cases_about_staff_are_the_leads_alone(calendar, now, ruth, lead):
    green = make_question(now=now - timedelta(hours=1))
    red = make_question(now=now, level="red")
    staff_case = make_question(now=now, about_staff=True)
    gone = make_question(now=now)
    claiming.recuse(question=gone, by=ruth, now=now)
    claiming.recuse(question=gone, by=lead, now=now)
    assert [item.question for item in triaging.waiting(ruth, now=now).questions.items] == [red, green]
    assert [item.question for item in triaging.waiting(lead, now=now).questions.items] == [red, green, staff_case]


def test_what_came_in_quarantine_stands_after_the_rest(calendar, now, ruth):
    shapes = [(True, "red"), (True, "green"), (False, "green"), (True, "amber"), (False, "amber"), (False, "red")]
    for apart, level in shapes:
        make_question(now=now, quarantined=apart, level=level)
    found = [item.question for item in triaging.waiting(ruth, now=now).questions.items]
    assert triaging.waiting(ruth, now=now).red_apart == "1"
    apart = triaging.waiting(ruth, now=now, cursor=listing.QUARANTINE).questions.items
    assert [item.question for item in apart] == found[3:]
    assert [(row.quarantined, row.level) for row in found] == [
        (False, "red"),
        (False, "amber"),
        (False, "green"),
        (True, "red"),
        (True, "amber"),
        (True, "green"),
    ]


def test_the_list_goes_on_where_the_page_before_ended(calendar, now):
    ruth = SupervisorFactory()
    made = [make_question(now=now + timedelta(seconds=second)) for second in range(31)]
    first = triaging.waiting(ruth, now=now).questions
    rest = triaging.waiting(ruth, now=now, cursor=first.cursor).questions
    assert [item.question for item in [*first.items, *rest.items]] == made
    assert (len(first.items), rest.cursor) == (30, "")


@pytest.mark.parametrize("cursor", ["x", "1~~", "0~20269999T000000.000000~x", "9" * 5000, "1~\0~1"])
def test_a_cursor_nobody_made_begins_the_list_again(calendar, now, ruth, cursor):
    question = make_question(now=now)
    assert [item.question for item in triaging.waiting(ruth, now=now, cursor=cursor).questions.items] == [question]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_whatever_its_length(calendar, now, ruth, in_review, count, django_assert_num_queries):
    for _ in range(count):
        make_question(now=now)
    turn = in_review().round
    for _ in range(count):
        Message.objects.create(round=turn, kind="reply", text="Since May.", sent_at=now)
    with django_assert_num_queries(5):
        waiting = triaging.waiting(ruth, now=now)
        assert [message.text for message in waiting.messages] == ["Since May."] * count
    assert len(waiting.questions.items) == count


@pytest.mark.parametrize(("made", "said"), [(0, ""), (2, "2"), (29, "29"), (30, "30 or more"), (31, "30 or more")])
def test_how_many_more_wait_is_counted_to_thirty(calendar, now, ruth, made, said, django_assert_num_queries):
    question = make_question(now=now)
    for _ in range(made):
        make_question(now=now)
    with django_assert_num_queries(1):
        assert listing.more_wait(ruth, question) == said


def test_reading_goes_down_the_list_and_begins_again_at_its_end(calendar, now, ruth):
    amber, first, last = make_question(now=now, level="amber"), make_question(now=now), make_question(now=now)
    order = [amber, *sorted([first, last], key=lambda row: row.pk)]
    assert listing.next_new(ruth) == order[0]
    assert [listing.next_new(ruth, after=row.pk) for row in order] == [order[1], order[2], order[0]]


def test_what_is_read_after_something_that_waits_no_more_is_the_first(calendar, now, ruth):
    gone, other = make_question(now=now), make_question(now=now)
    pass_on(gone, ruth, now)
    assert listing.next_new(ruth, after=gone.pk) == other


def test_the_only_one_leads_nowhere(calendar, now, ruth):
    question = make_question(now=now)
    assert listing.next_new(ruth, after=question.pk) is None


def take_back(question, by, now, **values):
    triaging.take_back(question=question, by=by, now=now, **{"version": question.version} | values)


@pytest.mark.parametrize("apart", [True, False])
def test_passing_on_is_undone_with_everything_that_went_with_it(calendar, now, ruth, omar, apart):
    question = make_question(now=now, quarantined=apart)
    pass_on(question, ruth, now, content_notes=["sex"], names=["Biscuit"])
    take_back(Question.objects.get(), omar, now + timedelta(minutes=10))
    row = Question.objects.get()
    assert (row.status, row.quarantined, row.summary, row.content_notes) == (
        "new",
        apart,
        "Lonely at a new school.",
        ["sex"],
    )
    assert (names_of(row), Message.objects.get().passed_at) == (("Biscuit",), None)
    assert [item.question for item in triaging.waiting(ruth, now=now).questions.items] == [row]


def test_the_clock_of_what_is_taken_back_into_quarantine_is_quarantines_own(calendar, now, ruth):
    question = make_question(now=now, quarantined=True)
    alarm = Question.objects.get().alarm_at
    pass_on(question, ruth, now)
    take_back(question, ruth, now)
    assert Question.objects.get().alarm_at == alarm


def test_the_wait_for_triage_goes_on_from_when_it_began(calendar, now, ruth):
    question = make_question(now=now, level="red")
    for minute in (10, 20):
        pass_on(question, ruth, now + timedelta(minutes=minute))
        take_back(question, ruth, now + timedelta(minutes=minute + 5))
        row = Question.objects.get()
        assert (row.entered_at, row.alarm_kind, row.alarm_at) == (now, "half", now + timedelta(minutes=30))


def test_what_was_missed_of_the_hour_while_it_was_passed_on_rings_when_it_is_taken_back(calendar, now, ruth):
    question, back = make_question(now=now, level="red"), now + timedelta(minutes=69)
    pass_on(question, ruth, now + timedelta(minutes=60))
    take_back(question, ruth, back)
    ringing.ring_due(now=back)
    assert list(Reminder.objects.values_list("kind", "stage", "superseded")) == [("full", 3, False)]


@pytest.mark.parametrize("undone", [0, 1])
def test_a_follow_ups_wait_begins_when_it_was_sent(calendar, now, ruth, undone):
    question, sent = make_question(now=now), now + timedelta(days=1)
    Question.objects.update(status="answered")
    question = Question.objects.get()
    following.follow_up(question=question, text="One more thing.", now=sent)
    for _ in range(1 + undone):
        pass_on(question, ruth, sent + timedelta(minutes=5))
        take_back(question, ruth, sent + timedelta(minutes=6))
    assert Question.objects.get().entered_at == sent


def test_a_question_that_came_back_to_triage_waits_from_then(calendar, now, ruth, advisor):
    question, back = make_question(now=now), now + timedelta(minutes=20)
    pass_on(question, ruth, now)
    claiming.claim(question=question, by=advisor, version=2, now=now)
    moves.move(question, "new", by=roles.advisor(advisor), now=back)
    pass_on(question, ruth, back + timedelta(minutes=5))
    take_back(question, ruth, back + timedelta(minutes=6))
    assert Question.objects.get().entered_at == back


def test_a_text_that_was_passed_on_before_stays_passed(calendar, now, ruth):
    question = make_question(now=now)
    earlier = now - timedelta(hours=1)
    Message.objects.create(round=question.round, kind="reply", text="Since May.", sent_at=earlier, passed_at=earlier)
    pass_on(question, ruth, now)
    take_back(question, ruth, now)
    assert dict(Message.objects.values_list("kind", "passed_at")) == {"question": None, "reply": earlier}


def test_ten_minutes_later_nothing_is_undone(calendar, now, ruth):
    question = make_question(now=now)
    pass_on(question, ruth, now)
    late = now + timedelta(minutes=10, microseconds=1)
    assert not triaging.may_take_back(question, now=late)
    with pytest.raises(Refused, match="This can be undone for ten minutes"):
        take_back(question, ruth, late)
    assert Question.objects.get().status == "open"


def test_what_an_advisor_has_taken_is_not_undone_even_when_it_came_back(calendar, now, ruth, advisor):
    question = make_question(now=now)
    pass_on(question, ruth, now)
    claiming.claim(question=question, by=advisor, version=question.version, now=now)
    with pytest.raises(Refused, match="only while nobody has taken it"):
        take_back(question, ruth, now)
    claiming.hand_back(question=question, by=advisor, version=question.version, note="", now=now)
    assert not triaging.may_take_back(question, now=now)
    with pytest.raises(Refused, match="only while nobody has taken it"):
        take_back(question, ruth, now)


def test_the_one_who_takes_it_first_wins_against_the_undo(calendar, now, ruth, advisor):
    question = make_question(now=now)
    pass_on(question, ruth, now)

    def claim():
        claiming.claim(question=Question.objects.get(), by=advisor, version=2, now=now)

    with before("UPDATE", "questions_question", claim), pytest.raises(Stale):
        take_back(question, ruth, now)
    assert Message.objects.get().passed_at == now


def test_an_advisor_undoes_nothing(calendar, now, ruth, advisor):
    question = make_question(now=now)
    pass_on(question, ruth, now)
    with pytest.raises(Refused, match="Only a supervisor"):
        take_back(question, advisor, now)


def set_apart(question, apart, by, now):
    triaging.set_apart(question=question, apart=apart, by=by, now=now)


def test_quarantine_by_hand_has_its_own_clock_which_runs_from_when_it_came(calendar, now, ruth):
    question, later = make_question(now=now), now + timedelta(minutes=5)
    before = Question.objects.get().alarm_at
    set_apart(question, True, ruth, later)
    apart = Question.objects.get()
    assert (apart.quarantined, apart.entered_at, apart.version) == (True, now, 1)
    assert apart.alarm_at > before
    set_apart(apart, False, ruth, later)
    out = Question.objects.get()
    assert (out.quarantined, out.alarm_at, out.entered_at) == (False, before, now)
    assert [entry.facts for entry in history.of(question.subject) if entry.kind == "quarantine"] == [
        {"apart": True},
        {"apart": False},
    ]


def leave_quarantine(how, by, now):
    question = Question.objects.get()
    if how == "let out":
        set_apart(question, False, by, now)
    else:
        pass_on(question, by, now)


@pytest.mark.parametrize("how", ["let out", "passed on"])
@pytest.mark.parametrize(
    ("rung_at", "redated_at", "left_at", "told"),
    [
        ((), "16T12:00", "16T13:00", "redated"),
        (("19T18:00",), None, "19T18:00", "late"),
        ((), None, "19T18:00", "late"),  # before the sweep came
        (("19T18:00",), "20T10:00", "20T11:00", "redated"),
        (("19T18:00", "20T18:00"), "20T10:00", "20T18:00", "again"),
        ((), None, "19T17:59", None),
    ],
    ids=["a new date", "missed", "missed this minute", "missed, a new date", "both missed", "in time"],
)
def test_who_asked_from_quarantine_is_told_once_of_a_late_promise_when_it_leaves(
    calendar, now, ruth, how, rung_at, redated_at, left_at, told
):
    question = make_question(now=now, quarantined=True, email="me@example.org")
    for moment in sorted([*rung_at, *filter(None, [redated_at])]):
        if moment == redated_at:
            row = Question.objects.get()
            redating.redate(row, until=at("20T18:00"), why="ill", by="person:tom", now=at(moment))
        else:
            ringing.ring_due(now=at(moment))
    assert OutboxRow.objects.count() == 0
    leave_quarantine(how, ruth, at(left_at))
    ringing.ring_due(now=at(left_at))
    keys = [f"{told}:{question.pk}:1"] if told else []
    assert list(OutboxRow.objects.filter(kind="late").values_list("key", flat=True)) == keys


def test_back_in_quarantine_and_out_again_it_is_told_once(calendar, now, ruth):
    make_question(now=now, quarantined=True, email="me@example.org")
    for apart in (False, True, False):
        set_apart(Question.objects.get(), apart, ruth, at("19T18:00"))
    assert OutboxRow.objects.filter(kind="late").count() == 1


def test_red_that_is_let_out_alerts_like_any_other(calendar, now, ruth):
    question = make_question(now=now, level="red", quarantined=True)
    set_apart(question, False, ruth, now)
    assert [row.kind for row in OutboxRow.objects.all()] == ["red-question"]


@pytest.mark.parametrize("level", ["green", "red"])
def test_what_is_let_out_after_hours_is_reminded_of_at_once(calendar, now, ruth, level):
    question, later = make_question(now=now, level=level, quarantined=True), now + timedelta(hours=5)
    ringing.ring_due(now=now)
    set_apart(question, False, ruth, later)
    ringing.ring_due(now=later)
    spoken = Reminder.objects.filter(superseded=False, made_at=later)
    assert list(spoken.values_list("kind", flat=True)) == ["full"]


def test_the_second_of_two_who_set_it_apart_is_told(calendar, now, ruth, omar):
    question = make_question(now=now)
    set_apart(Question.objects.get(), True, ruth, now)
    with pytest.raises(Stale, match="Somebody else has done this already"):
        set_apart(question, True, omar, now)


def test_only_a_new_question_is_set_apart(calendar, now, ruth):
    question = make_question(now=now)
    pass_on(question, ruth, now)
    with pytest.raises(Refused, match="Only a new question"):
        set_apart(question, True, ruth, now)


def test_names_are_hidden_from_advisors_sealed_and_tidy(calendar, now, ruth):
    question = make_question(now=now)
    pass_on(question, ruth, now, names=["  Biscuit ", "biscuit", "", "Hill   Road"])
    assert names_of(Question.objects.get()) == ("biscuit", "Hill Road")


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["x" * 61], "A name can have 60 characters at most. Put commas between names."),
        ([f"name {n}" for n in range(21)], "There can be 20 hidden names at most."),
    ],
)
def test_too_many_or_too_long_names_are_refused(calendar, now, ruth, names, sentence):
    question = make_question(now=now)
    with pytest.raises(Refused) as refused:
        pass_on(question, ruth, now, names=names)
    assert (str(refused.value), Question.objects.get().status) == (sentence, "new")


def test_twenty_names_of_sixty_characters_fit(calendar, now, ruth):
    names = [f"{n:02}" + "x" * 58 for n in range(20)]
    question = make_question(now=now)
    pass_on(question, ruth, now, names=names)
    assert names_of(Question.objects.get()) == tuple(names)


def test_the_line_for_the_desk_holds_no_hidden_name(calendar, now, ruth):
    question = make_question(now=now)
    with pytest.raises(Refused, match="has a name in it that you hide"):
        pass_on(question, ruth, now, summary="Misses BISCUIT's walks.", names=["Biscuit"])
    pass_on(question, ruth, now, summary="Misses her dog.", names=["Biscuit"])


def test_names_are_hidden_later_on_while_it_is_being_written(calendar, now, ruth):
    question = make_question(now=now)
    pass_on(question, ruth, now, names=["Biscuit"])
    masking.mask(question=question, names=["Biscuit", "Rex"], by=ruth, now=now)
    assert names_of(Question.objects.get()) == ("Biscuit", "Rex")
    masking.mask(question=question, names=[""], by=ruth, now=now)
    assert names_of(Question.objects.get()) == ()
    assert [entry.facts for entry in history.of(question.subject) if entry.kind == "masked"] == [
        {"names": 2},
        {"names": 0},
    ]


def test_names_of_a_finished_question_stay(calendar, now, ruth):
    question = make_question(now=now)
    Question.objects.update(status="answered")
    with pytest.raises(Refused, match="finished"):
        masking.mask(question=Question.objects.get(), names=["Rex"], by=ruth, now=now)
    assert names_of(question) == ()


def test_what_software_finds_is_suggested_and_marked_with_what_a_person_hides(calendar, now):
    text = "My name is Sanne. Rex is at Hill Road School."
    question = make_question(now=now, text=text)
    assert masking.suggested(question) == ["Sanne", "Hill Road School"]
    pieces = masking.marked(details.marked(text), ["Rex"])
    assert [(piece.text, piece.kind) for piece in pieces if piece.kind] == [
        ("Sanne", "name"),
        ("Rex", "hidden name"),
        ("Hill Road School", "school"),
    ]
    assert "".join(piece.text for piece in pieces) == text


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("my mate Kayleigh says so", ["Kayleigh"]),
        ("Miss Patel saw my sister Aisha and Mr. O'Neil", ["Patel", "Aisha", "O'Neil"]),
        ("my friends Jo and Élodie, my boyfriend called Sam Reed", ["Jo", "Élodie", "Sam Reed"]),
        ("my teacher Mr Reed told my cousin Bo and Mrs Lane", ["Reed", "Bo", "Lane"]),
        ("mijn vriendin Noor en juf Katrien", ["Noor", "Katrien"]),
        ("My name is Sanne. Sanne is my best friend Sanne", ["Sanne"]),
        ("my brother I think. my friend I'm scared of. MY SISTER IS LOUD. I miss You", []),
        ("my friend kayleigh. A friend. Kayleigh", []),
    ],
)
def test_a_word_with_a_capital_after_who_somebody_is_is_suggested_as_a_name(calendar, now, text, names):
    assert masking.suggested(make_question(now=now, text=text)) == names
