import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.urls import reverse

from advisors.models import Person
from advisors.team import practising, progressing, teaching, training
from advisors.team.models import Attempt, Training
from tests.advisors.team.practice import answered, pass_all, ready_for
from tests.factories import LeadFactory, ManagerFactory, PersonFactory
from tests.interleaving import before

pytestmark = pytest.mark.django_db
UNIT = teaching.find("listening", "open-questions")
PATH = "/desk/training/listening/open-questions/"
LIST = "/review/training/"
WORDS = "That sounds so tiring. What would a good evening look like?"
A_YEAR = timedelta(days=365)


def send(person, now, words=WORDS, unit=UNIT):
    return practising.send(unit=unit, words=words, by=person, now=now)


def page_of(attempt):
    return reverse("team:training_attempt", args=[attempt.pk])


def states(person, now, track="listening"):
    one = next(one for one in progressing.of(person, now=now) if one.course.track == track)
    return [step.state for step in one.steps], one.said


def test_the_model_answer_and_what_to_look_for_come_only_after_ones_own_answer(browser, sam):
    page = browser(sam)
    hidden = [UNIT.model[:40], UNIT.look_for[0]]
    before = page.get(PATH).content.decode()
    assert [words for words in hidden if words in before] == []
    assert UNIT.question[:40] in before
    answer = page.post(PATH, {"words": WORDS})
    assert (answer.status_code, answer.url) == (302, f"{PATH}#yours")
    after = page.get(PATH).content.decode()
    assert [words for words in [*hidden, WORDS] if words not in after] == []
    assert "<textarea" not in after


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "Write your own answer first. It doesn&#x27;t have to be good yet."),
        ("x" * 3001, "This can have 3,000 characters at most. It has 3001."),
        ("a\0b", "Null characters are not allowed."),
        ("\u202e\u200b", "Write your own answer first."),
    ],
)
def test_what_cannot_be_sent_comes_back_with_a_sentence_and_everything_typed(browser, sam, words, sentence):
    response = browser(sam).post(PATH, {"words": words})
    assert (response.status_code, response.context["form"]["words"].value()) == (422, words)
    assert sentence in response.content.decode()
    assert Attempt.objects.count() == 0


def test_a_second_one_from_another_window_is_refused_and_stays_to_be_copied(browser, sam, now):
    send(sam, now)
    response = browser(sam).post(PATH, {"words": "Something else."})
    assert response.status_code == 422
    shown = response.content.decode()
    assert "You sent an answer to this one already." in shown
    assert "Something else.</textarea>" in shown


def test_words_typed_while_signed_out_can_be_copied(client, clock):
    response = client.post(PATH, {"words": WORDS})
    assert (response.status_code, response.context["typed"]) == (403, WORDS)


@pytest.mark.parametrize("path", ["craft/open-questions/", "juggling/open-questions/", "listening/none/"])
def test_a_unit_that_is_not_there_is_no_page(browser, sam, path):
    assert browser(sam).get(f"/desk/training/{path}").status_code == 404


def test_feedback_is_read_on_the_page_and_then_another_may_be_tried(browser, sam, ruth, now):
    practising.mark(attempt=send(sam, now), words="I like the evening.", good=False, by=ruth, now=now)
    page = browser(sam)
    shown = page.get(PATH).content.decode()
    for words in ("Ruth: try once more", "I like the evening.", "<h2>Try once more</h2>", "<textarea"):
        assert words in shown
    page.post(PATH, {"words": "A second try."})
    shown = page.get(PATH).content.decode()
    for words in ("What you sent before", "I like the evening.", WORDS, "A second try."):
        assert words in shown


def test_what_came_back_stands_on_top_for_two_weeks(browser, sam, ruth, now, clock):
    answered(sam, UNIT, ruth, now)
    page = browser(sam)
    for later, shown in ((timedelta(days=14, seconds=-1), 1), (timedelta(days=14), 0)):
        assert len(practising.feedback_lately(sam, now=now + later)) == shown
    assert "Ruth on “Open questions”" in page.get("/desk/training/").content.decode()
    assert practising.feedback_lately(ruth, now=now) == []


def test_the_page_says_what_to_do_next_and_where_one_stands(browser, ruth, now):
    person = PersonFactory(trained_until=None)
    page, units = browser(person), teaching.course("craft").units
    assert page.get("/desk/training/").context["next"].unit == units[0]
    answered(person, units[0], ruth, now)
    send(person, now, unit=units[1])
    answered(person, units[2], ruth, now, good=False)
    shown = page.get("/desk/training/")
    assert shown.context["next"] == progressing.Step(units[2], "again")
    assert states(person, now, "craft") == (
        ["good", "waiting", "again", "new", "new"],
        "1 of 5 answers are good enough.",
    )
    ready_for(person, "limits", ruth, now)
    assert states(person, now, "limits")[1] == "Every answer is good enough. A supervisor passes this track next."


def test_a_track_that_ends_asks_for_its_last_question_anew(ruth, now):
    person = PersonFactory()
    pass_all(person, ruth, now)
    lasts = "Passed. It lasts until 16 November 2027."
    assert states(person, now + A_YEAR - timedelta(days=31)) == (["good"] * 5, lasts)
    near = now + A_YEAR - timedelta(days=30)
    assert states(person, near) == (
        ["good"] * 4 + ["anew"],
        f"{lasts} To renew it, answer “Endings and small steps” anew.",
    )
    assert [row.alias for row in progressing.ready(ruth, now=near)] == []
    answered(person, teaching.course("listening").last, ruth, near)
    assert states(person, near) == (
        ["good"] * 5,
        f"{lasts} Your new answer is good enough. A supervisor renews this track next.",
    )
    assert progressing.ready(ruth, now=near) == [progressing.Ready(person.pk, person.alias, "listening", True)]
    assert states(person, now + A_YEAR + timedelta(days=1), "craft")[1].startswith("It ran out on 16 November 2027.")


@pytest.mark.parametrize("count", [1, 3])
def test_the_training_page_costs_the_same_whatever_was_sent(browser, sam, ruth, now, count, django_assert_num_queries):
    for unit in teaching.course("craft").units[:count]:
        answered(sam, unit, ruth, now)
    page = browser(sam)
    with django_assert_num_queries(8):  # session, person, passed, attempts, feedback; the session, kept up
        assert page.get("/desk/training/").status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_reviewers_list_costs_the_same_whatever_waits(browser, ruth, now, count, django_assert_num_queries):
    for _ in range(count):
        person = PersonFactory()
        send(person, now)
        ready_for(person, "craft", ruth, now)
    page = browser(ruth)
    with django_assert_num_queries(10):  # session, person, on duty, waiting, their number, who is ready: 2; session
        shown = page.get(LIST)
    assert (len(shown.context["rows"]), len(shown.context["ready"])) == (count, count)


def test_the_duty_page_says_how_many_answers_wait_and_how_many_tracks_to_pass(browser, sam, ruth, now):
    page = browser(ruth)

    def said():
        return re.search("Training: ([^<]*)</a>", page.get("/review/").content.decode())[1]

    assert said() == "nothing to read or to pass"
    send(sam, now)
    assert said() == "1 practice answer to read"
    for track in ("craft", "limits"):
        ready_for(sam, track, ruth, now)
    send(PersonFactory(), now)
    assert said() == "2 practice answers to read, 2 tracks to pass"
    Attempt.objects.filter(feedback_at=None).delete()
    training.pass_track(person=sam, track="craft", by=ruth, now=now)
    assert said() == "1 track to pass"


def test_a_reviewer_reads_it_beside_our_answer_and_gives_feedback(browser, sam, ruth, now):
    attempt, page = send(sam, now), browser(ruth)
    shown = page.get(page_of(attempt)).content.decode()
    assert [words for words in (WORDS, UNIT.model[:40], UNIT.look_for[0]) if words not in shown] == []
    answer = page.post(page_of(attempt), {"words": "Lovely.", "good": "good"})
    assert (answer.status_code, answer.url) == (302, LIST)
    row = Attempt.objects.get()
    assert (row.feedback, row.good, row.feedback_by) == ("Lovely.", True, ruth)
    assert "Sam can read it now." in page.get(LIST).content.decode()


def test_feedback_that_will_not_do_comes_back_with_everything_typed(browser, sam, ruth, now):
    attempt = send(sam, now)
    for data in ({"words": "Lovely."}, {"words": "", "good": "good"}, {"words": "Lovely.", "good": "maybe"}):
        response = browser(ruth).post(page_of(attempt), data)
        assert response.status_code == 422
        assert response.context["form"]["words"].value() == data["words"]
    assert Attempt.objects.get().feedback_at is None


def test_the_second_reviewer_is_told_and_keeps_what_they_typed(browser, sam, ruth, omar, now):
    attempt = send(sam, now)
    page = browser(ruth)
    page.get(page_of(attempt))
    practising.mark(attempt=attempt, words="Mine.", good=True, by=omar, now=now)
    response = page.post(page_of(attempt), {"words": "Lovely.", "good": "again"})
    assert response.status_code == 409
    for words in ("Somebody else gave feedback on it a moment ago.", "Lovely.</textarea>", "Omar: good enough"):
        assert words in response.content.decode()


def test_feedback_on_the_answer_of_somebody_who_leaves_meanwhile_is_a_sentence(browser, sam, ruth, now):
    attempt = send(sam, now)
    page = browser(ruth)
    with before("SAVEPOINT", "", lambda: Attempt.objects.all().delete()):
        response = page.post(page_of(attempt), {"words": "Lovely.", "good": "again"})
    assert (response.status_code, response.context["rows"]) == (409, [])
    assert "It is gone: its writer has left." in response.content.decode()


def test_days_are_those_of_the_services_own_clock(browser, sam, ruth, clock):
    at = datetime(2026, 6, 14, 23, 30, tzinfo=UTC)  # in London, where it is summer, the 15th
    clock.move_to(at)
    send(sam, at)
    theirs, own = browser(ruth), browser(sam)
    assert "sent on 15 June" in theirs.get(LIST).content.decode()
    assert "Sent on 15 June 2026" in own.get(PATH).content.decode()
    practising.mark(attempt=Attempt.objects.get(), words="Warm.", good=True, by=ruth, now=at)
    assert "Ruth on “Open questions”</a>, 15 June" in own.get("/desk/training/").content.decode()


def test_ones_own_answer_and_one_that_is_not_there(browser, ruth, now):
    page = browser(ruth)
    assert page.get(page_of(send(ruth, now))).status_code == 403
    assert page.get(reverse("team:training_attempt", args=[UUID(int=7)])).status_code == 404


def test_a_track_whose_answers_are_all_good_is_passed_from_the_list(browser, ruth, now):
    person = PersonFactory(alias="Ana", trained_until=None)
    for track in ("craft", "listening", "limits"):
        ready_for(person, track, ruth, now)
    page = browser(ruth)
    assert [one.track.value for one in page.get(LIST).context["ready"]] == ["craft", "listening", "limits"]
    for track in ("craft", "listening", "limits"):
        answer = page.post(reverse("team:training_pass", args=[person.pk]), {"track": track})
        assert (answer.status_code, answer.url) == (302, LIST)
    shown = page.get(LIST)
    assert (shown.context["ready"], Training.objects.count()) == ([], 3)
    assert Person.objects.get(pk=person.pk).trained_until == (now + A_YEAR).date()


@pytest.mark.parametrize(
    ("track", "status", "sentence"),
    [
        ("listening", 422, "These still need an answer that is good enough: Three parts"),
        ("", 422, "Choose one of the three tracks."),
        ("craft", 409, "Somebody passed this track for them today already."),
    ],
)
def test_what_cannot_be_passed_says_why(browser, sam, ruth, now, track, status, sentence):
    pass_all(sam, ruth, now)
    Training.objects.exclude(track="craft").delete()
    Attempt.objects.exclude(track="craft").delete()
    response = browser(ruth).post(reverse("team:training_pass", args=[sam.pk]), {"track": track})
    assert response.status_code == status
    assert sentence in response.content.decode()


def test_nobody_is_offered_themselves_or_who_left_or_does_not_answer(ruth, now):
    gone, mia, lena = PersonFactory(is_active=False), ManagerFactory(), LeadFactory()
    for person in (ruth, gone, mia):
        ready_for(person, "craft", lena, now)
    assert progressing.ready(ruth, now=now) == []
    assert [one.alias for one in progressing.ready(lena, now=now)] == ["Ruth"]
