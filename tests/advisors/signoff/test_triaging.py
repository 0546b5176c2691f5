from datetime import date, timedelta

import pytest
from django.urls import reverse

from advisors.drafting import claiming
from advisors.drafting.models import Claim
from advisors.signoff import listing, triaging
from advisors.signoff.models import Wording
from askpeer import history, prose
from askpeer.errors import Refused, Stale
from questions.models import Feedback, Message, Question, SafetyReport
from tests.advisors.signoff.conftest import signed_in
from tests.factories import PersonFactory, SupervisorFactory, TopicFactory, make_question

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("  ", "Write one line for the desk, so that an advisor can choose."),
        ("x" * 161, "The line for the desk can have 160 characters at most. This one has 161."),
        ("Ring 07700 900123", "Leave numbers, addresses and user names out of the line for the desk."),
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
    assert triaging.waiting(ruth, now=now).red_apart == 1
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
