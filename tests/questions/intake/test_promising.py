"""The promise by how many wait: usual, later, none taken; said before asking, and the same through the API's door."""

from datetime import UTC, date, datetime, timedelta

import pytest

from askpeer import calendars
from askpeer.models import Closure, ServiceCalendar
from questions.intake import asking, following, kept, promising
from questions.intake.models import Hands, IntakeLimits
from questions.intake.promising import Room
from questions.models import Question
from tests.factories import make_question
from tests.questions.intake.conftest import ABOUT, shown

pytestmark = pytest.mark.django_db
FULL = "We can't take new questions right now."
BUSY = "A lot of people are writing to us. So it takes longer than usual."


@pytest.fixture
def few_hands(calendar):
    """Two answers a day are sure, and five days are the most."""
    return IntakeLimits.objects.create(answers_a_day=2, full_after=5)


def waiting(count, **values):
    for _ in range(count):
        make_question(**values)
    kept.forget()


@pytest.mark.parametrize(
    ("ahead", "room"),
    [
        (0, Room(3, False)),
        (5, Room(3, False)),  # the sixth is answered on the third day
        (6, Room(4, False)),
        (9, Room(5, False)),
        (10, Room(5, True)),
        (30, Room(5, True)),
    ],
)
def test_who_asks_now_is_promised_what_the_queue_allows(few_hands, now, ahead, room):
    waiting(ahead)
    assert promising.room(now) == room
    days = {3: 19, 4: 20, 5: 23}  # of November; the 21st is a Saturday
    assert promising.promise(now) == datetime(2026, 11, days[room.days], 18, tzinfo=UTC)


def test_quarantine_and_what_is_answered_keep_nobody_from_asking(few_hands, now):
    waiting(8, quarantined=True)
    waiting(8, status="answered")
    assert promising.room(now) == Room(3, False)


def test_more_answers_given_lately_count_and_fewer_do_not(few_hands, now):
    for ago in (1, 2, 3, 4, 20):
        make_question(now=now - timedelta(days=ago), status="answered")
    waiting(8)
    assert promising.room(now).days == 5  # 4 in a week of five days are fewer than the sure two a day
    for _ in range(16):
        make_question(now=now - timedelta(days=2), status="redirected")
    kept.forget()
    assert promising.room(now).days == 3  # 20 in five days: four a day, and the ninth comes on the third


def test_the_manager_stops_taking_questions_at_once(few_hands, now):
    assert not promising.room(now).full
    few_hands.taking = False
    few_hands.save()
    assert promising.room(now) == Room(3, True, by_hand=True)


def test_fewer_hands_on_a_day_answer_fewer_that_day(few_hands, now):
    Hands.objects.create(day=date(2026, 11, 17), share=0.5)
    Hands.objects.create(day=date(2026, 11, 19), share=0)
    waiting(5)  # 1, 2, 0, 2 and 2 answers from Tuesday on
    assert promising.room(now) == Room(5, False)
    waiting(2)
    assert promising.room(now) == Room(5, True)


def test_what_was_given_lately_by_half_the_hands_is_twice_as_much_with_all_of_them(few_hands, now):
    for day in range(10, 17):
        Hands.objects.create(day=date(2026, 11, day), share=0.5)
    for _ in range(10):
        make_question(now=now - timedelta(days=2), status="answered")
    waiting(11)  # two a day with half of them there: four with all
    assert promising.room(now) == Room(3, False)


def test_a_day_off_is_no_day_to_count_on(few_hands, now):
    Closure.objects.create(calendar=ServiceCalendar.objects.get(), first_day="2026-11-18", last_day="2026-11-18")
    calendars.forget()
    waiting(6)
    assert promising.promise(now) == datetime(2026, 11, 23, 18, tzinfo=UTC)


def test_how_it_stands_costs_four_statements_once(few_hands, now, django_assert_num_queries):
    with django_assert_num_queries(4):
        promising.promise(now)
    with django_assert_num_queries(0):
        promising.promise(now)


def test_a_later_promise_is_said_before_asking_and_kept(site, few_hands, clock):
    waiting(7)
    later = "by 6pm on Friday 20 November."
    landing, first = site.get("/").content.decode(), site.get("/ask/")
    assert [page.count(text) for page in (landing, first.content.decode()) for text in (later, BUSY)] == [1, 1, 1, 1]
    site.post("/ask/", ABOUT | {"shown": shown(first)})
    site.post("/ask/words/", {"text": "help"})
    site.post("/ask/check/", {})
    assert later in site.get("/ask/receipt/").content.decode()
    assert Question.objects.filter(rounds__promised_at=datetime(2026, 11, 20, 18, tzinfo=UTC)).count() == 1


def test_closed_intake_is_kind_says_when_to_look_again_and_who_is_there(site, few_hands, clock):
    waiting(10)
    landing, first = (site.get(page).content.decode() for page in ("/", "/ask/"))
    again = "Look here again at 11am on Tuesday 17 November."
    assert [page.count(text) for page in (landing, first) for text in (FULL, again)] == [1, 1, 1, 1]
    assert "Ask now and your answer is here" not in landing
    assert [way for way in ("sms:85258?body=SHOUT", "https://chat.example/", "tel:08001111") if way not in first] == []
    assert "<textarea" not in first
    assert FULL in site.post("/ask/", ABOUT).content.decode()
    assert Question.objects.count() == 10


def test_intake_that_the_manager_closed_blames_nobody_and_names_no_day(site, few_hands, clock):
    few_hands.taking = False
    few_hands.save()
    pages = [site.get(page).content.decode() for page in ("/", "/ask/")]
    said = [FULL, "We don't know yet from which day on. Please look here again.", "So many people wrote", "17 November"]
    assert [[page.count(text) for text in said] for page in pages] == [[1, 1, 0, 0]] * 2


@pytest.mark.parametrize("typed", ["/ask/words/", "/ask/check/"])
def test_words_that_come_in_at_a_closed_door_open_nothing_and_are_given_back(site, few_hands, clock, typed):
    waiting(10)
    site.post(typed, ABOUT | {"text": "These took me long."})
    page = site.get("/ask/").content.decode()
    assert (FULL in page, "These took me long.</textarea>" in page) == (True, True)
    assert FULL in site.post("/ask/", ABOUT).content.decode()
    assert Question.objects.count() == 10


def test_a_promise_that_was_shown_holds_while_intake_closes(site, few_hands, clock):
    first = site.get("/ask/")
    waiting(10)
    assert site.post("/ask/", ABOUT | {"shown": shown(first)}).url == "/ask/words/"
    clock.shift(timedelta(minutes=59))
    assert site.get("/ask/").status_code == 200
    site.post("/ask/words/", {"text": "help"})
    assert site.post("/ask/check/", {}).url == "/ask/receipt/"
    assert Question.objects.count() == 11


def test_the_promise_of_somebody_elses_page_an_hour_ago_opens_nothing(site, few_hands, clock):
    first = site.get("/ask/")
    waiting(10)
    clock.shift(timedelta(minutes=61))
    assert FULL in site.post("/ask/", ABOUT | {"shown": shown(first)}).content.decode()


def test_the_verb_takes_none_without_a_promise_that_was_shown(few_hands, now):
    waiting(10)
    with pytest.raises(asking.Full, match="could not answer them in time"):
        asking.ask(text="help", age_band="13-15", now=now)
    assert Question.objects.count() == 10
    asking.ask(text="help", age_band="13-15", promised_at=now + timedelta(days=3), now=now)


def test_who_has_a_question_here_may_write_back_while_intake_is_closed(few_hands, now):
    question = make_question(status="answered")
    waiting(10)
    turn = following.follow_up(question=question, text="And now?", now=now)
    assert turn.promised_at == datetime(2026, 11, 23, 18, tzinfo=UTC)
