from datetime import timedelta

import pytest
from django.urls import reverse

from advisors.drafting import claiming, desk, writing
from advisors.models import Person
from advisors.signoff import reading, reviewing, triaging
from advisors.team import checking_in
from advisors.team.models import Coaching
from askpeer import history
from askpeer.errors import Refused, Stale
from questions.intake import feedback, withdrawing
from questions.models import Feedback, Question
from tests.advisors import staffed
from tests.factories import FINE, PersonFactory, make_question

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]
AN_HOUR = timedelta(hours=1)
LINE = "You said back what they felt before you said what to do."


@pytest.fixture(autouse=True)
def _ledger(settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"


@pytest.fixture
def answered(sam, ruth, omar, now):
    """A question whose answer Sam wrote and Ruth let out."""
    question = make_question(text="I moved to a new school in May and I eat lunch alone.", now=now)
    triaging.pass_on(question=question, version=1, summary="School.", content_notes=[], by=omar, now=now)
    claiming.claim(question=question, by=sam, version=question.version, now=now)
    values = {"question": question, "kind": "answer", "by": sam, "now": now}
    writing.save(text=staffed.WORDS, details=staffed.DETAILS, base=0, **values)
    writing.submit(base=1, version=question.version, **values)
    question = Question.objects.get(pk=question.pk)
    reviewing.approve(draft=reading.draft_in_review(question), number=1, marks=FINE, by=ruth, now=now)
    return Question.objects.get(pk=question.pk)


def thank(question, at, words="That helped, thank you.", **more):
    feedback.give(question=question, words=words, now=at, **more)
    return Feedback.objects.get(round__question=question)


def pass_on(row, by, at, line=""):
    triaging.pass_feedback(feedback=row, coaching=line, by=by, now=at)


def thanked(person):
    return Person.objects.get(pk=person.pk).thanked


def test_a_line_goes_with_the_words_sealed_and_to_whom_they_thank(answered, sam, ruth, now):
    row = thank(answered, now)
    pass_on(row, ruth, now + AN_HOUR, f"  {LINE}\r\n")
    stored = Coaching.objects.values_list("text", flat=True).get()
    assert b"said back" not in bytes(stored)
    assert desk.thanks(sam, since=now, now=now + AN_HOUR) == [("No topic yet", "That helped, thank you.", LINE)]
    assert desk.thanks(PersonFactory(), since=now, now=now + AN_HOUR) == []
    assert (thanked(sam), thanked(ruth)) == (1, 0)
    assert [entry.facts for entry in history.of(answered.subject) if entry.kind == "thanked"] == [{"round": 1}]


def test_no_line_is_none(answered, sam, ruth, now):
    pass_on(thank(answered, now), ruth, now, " \n")
    assert (Coaching.objects.count(), desk.thanks(sam, now=now)[0].coaching, thanked(sam)) == (0, "", 1)


def test_it_is_passed_and_counted_once(answered, sam, ruth, omar, now):
    row = thank(answered, now)
    again = Feedback.objects.get()
    pass_on(row, ruth, now)
    with pytest.raises(Stale):
        pass_on(again, omar, now, LINE)
    assert (thanked(sam), Coaching.objects.count()) == (1, 0)


def test_words_written_anew_lose_the_old_line_and_count_no_second_time(answered, sam, ruth, now):
    pass_on(thank(answered, now), ruth, now, LINE)
    pass_on(thank(answered, now + AN_HOUR, words="And again."), ruth, now + AN_HOUR)
    told = desk.thanks(sam, now=now + AN_HOUR)
    assert (thanked(sam), told) == (1, [("No topic yet", "And again.", "")])
    pass_on(thank(answered, now + 2 * AN_HOUR, words="Once more."), ruth, now + 2 * AN_HOUR, "Warm.")
    assert (Coaching.objects.get().text, thanked(sam)) == ("Warm.", 1)


@pytest.mark.parametrize(("heard", "count"), [(None, 1), (True, 1), (False, 0)])
def test_who_did_not_feel_heard_did_not_thank(answered, sam, ruth, now, heard, count):
    pass_on(thank(answered, now, felt_heard=heard), ruth, now, LINE)
    assert (thanked(sam), len(desk.thanks(sam, now=now))) == (count, 1)


def test_who_handed_it_back_before_is_not_thanked(answered, sam, ruth, now):
    answered.claims.update(released_at=now - AN_HOUR, claimed_at=now - 2 * AN_HOUR)
    pass_on(thank(answered, now), ruth, now)
    assert (thanked(sam), desk.thanks(sam, now=now)) == (0, [])


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("x" * 501, "The line can have 500 characters at most. It has 501."),
        ("a\0b", "There is a character in your text that we cannot store. Try typing that part again."),
    ],
)
def test_a_line_that_cannot_be_is_refused_and_nothing_is_passed_on(answered, ruth, now, line, sentence):
    row = thank(answered, now)
    with pytest.raises(Refused) as caught:
        pass_on(row, ruth, now, line)
    assert (str(caught.value), Feedback.objects.get().passed_at) == (sentence, None)


def test_what_is_hidden_from_advisors_is_hidden_in_the_line_too(answered, sam, ruth, now):
    pass_on(thank(answered, now), ruth, now, "They wrote to mia@example.org after it.")
    assert desk.thanks(sam, now=now)[0].coaching == "They wrote to [e-mail address] after it."


def test_it_goes_with_the_question_and_what_was_counted_stays(answered, sam, ruth, now):
    pass_on(thank(answered, now), ruth, now, LINE)
    withdrawing.erase(question=answered, now=now)
    assert (Coaching.objects.count(), thanked(sam), desk.thanks(sam, now=now)) == (0, 1, [])


@pytest.mark.parametrize("count", [1, 3])
def test_lines_cost_nothing_more(sam, ruth, omar, now, count, django_assert_num_queries, request):
    row = thank(request.getfixturevalue("answered"), now)
    pass_on(row, ruth, now, LINE)
    for _ in range(count - 1):
        other = make_question(now=now)
        other.claims.create(person=sam, round_number=1, claimed_at=now)
        other.rounds.update(answered_at=now)
        Coaching.objects.create(
            feedback=Feedback.objects.create(round=other.round, words="Thanks.", sent_at=now, passed_at=now),
            by=ruth,
            text=LINE,
            at=now,
        )
    with django_assert_num_queries(1):
        assert [one.coaching for one in desk.thanks(sam, now=now)] == [LINE] * count


def test_from_the_list_at_triage_to_the_desk(browser, answered, sam, ruth, clock, now):
    checking_in.check_in(person=sam, mood="fine", now=now - timedelta(days=1))
    row = thank(answered, now)
    page, path = browser(ruth), reverse("review:pass_feedback", args=[row.pk])
    assert "what worked?" in page.get("/review/triage/").content.decode()
    sent = {"sent_at": row.sent_at.isoformat()}
    response = page.post(path, sent | {"coaching": "y" * 501})
    assert (response.status_code, "y" * 501 in response.content.decode()) == (422, True)
    assert "This can have 500 characters at most. It has 501." in response.content.decode()
    assert page.post(path, sent | {"coaching": LINE}).url == "/review/triage/"
    told = browser(sam).get("/desk/").content.decode()
    assert f"wrote back: “That helped, thank you.”<br>What worked: {LINE}" in told


def test_a_line_on_words_that_somebody_passed_on_first_is_not_lost(browser, answered, ruth, omar, now):
    row = thank(answered, now)
    pass_on(row, omar, now)
    path, sent = reverse("review:pass_feedback", args=[row.pk]), {"sent_at": row.sent_at.isoformat(), "coaching": LINE}
    response = browser(ruth).post(path, sent)
    assert (response.status_code, LINE in response.content.decode()) == (409, True)


def test_a_line_on_words_that_were_written_anew_is_not_lost(browser, answered, ruth, now):
    row = thank(answered, now)
    path = reverse("review:pass_feedback", args=[row.pk])
    response = browser(ruth).post(path, {"sent_at": "2026-01-01T00:00:00+00:00", "coaching": LINE})
    assert (response.status_code, LINE in response.content.decode()) == (409, True)
