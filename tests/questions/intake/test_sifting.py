"""What looks like a machine, a joke or a flood is read apart; nothing is thrown away, and nobody is asked for proof."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from askpeer import outbox, throttle
from askpeer.models import OutboxRow
from questions import deadlines, moves, ringing
from questions.deadlines import Rung
from questions.intake import asking, sifting
from questions.models import Question, Reminder
from tests.factories import make_question
from tests.questions.intake.conftest import ABOUT, shown

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 16)
SPAM = "Cheap watches and bags for everybody in your school this week only"


def apart(text, client="abcdef"):
    return sifting.is_apart(client=client, text=text, today=DAY)


def test_the_sixth_with_the_same_words_is_read_apart_from_wherever_it_comes(cache):
    shapes = [SPAM, SPAM.upper(), SPAM + "!!", f"  {SPAM}", SPAM.replace(" ", "  "), SPAM]
    assert [apart(text, client=f"{n:06x}") for n, text in enumerate(shapes)] == [False] * 5 + [True]


def test_many_may_send_the_same_few_words(cache):
    assert [apart("help me please", client=f"{n:06x}") for n in range(12)] == [False] * 12


def test_the_thirty_first_from_one_network_is_read_apart(cache):
    assert [apart("help") for _ in range(31)] == [False] * 30 + [True]


def test_who_goes_on_below_the_hours_limit_is_read_apart_after_ninety(cache):
    found = []
    for hour in range(4):
        with time_machine.travel(datetime(2026, 11, 16, 11 + hour, 30, tzinfo=UTC), tick=False):
            found += [apart(f"text {hour} {n}") for n in range(25)]
    assert found == [False] * 90 + [True] * 10


def test_three_links_are_read_apart_and_two_are_not():
    links = [f"https://site{n}.example/buy" for n in range(3)]
    assert [apart(" ".join(links[:count])) for count in range(4)] == [False, False, False, True]


def test_without_a_cache_nobody_is_kept_apart(settings):
    settings.CACHE_URL = "unix:///nowhere/cache.sock"
    throttle.forget()
    assert [apart(SPAM) for _ in range(40)] == [False] * 40
    throttle.forget()


def test_the_limits_keep_no_word_and_no_address(cache):
    apart(SPAM)
    keys = sorted(key.decode() for key in throttle._cache().scan_iter("limit:*"))
    assert [key.split(":")[:2] for key in keys] == [["limit", "ask"], ["limit", "asks"], ["limit", "same"]]
    assert all(len(key.split(":")[2]) == 6 for key in keys)


def flood(text, times):
    for _ in range(times):
        browser = Client()
        browser.post("/ask/", ABOUT | {"shown": shown(browser.get("/ask/"))})
        browser.post("/ask/words/", {"text": text})
        browser.post("/ask/check/", {"email": "victim@example.org"})


def test_a_flood_is_kept_whole(calendar, crisis, cache):
    with time_machine.travel(datetime(2026, 11, 16, 11, tzinfo=UTC), tick=False):
        flood(SPAM, 7)  # within three seconds of the first page
    assert Question.objects.filter(quarantined=True).count() == 7


def test_quarantine_is_read_within_one_staffed_day_and_its_promise_runs(calendar, now):
    question = make_question(quarantined=True, now=now)  # Monday 11:00; open until 18:00, Tuesday 10:00 to 18:00
    ladder = deadlines.ladder(calendar, moves.course(question, question.round))
    monday, tuesday = (datetime(2026, 11, day, tzinfo=UTC) for day in (16, 17))
    assert ladder == [
        Rung("half", tuesday + timedelta(hours=10, minutes=30)),
        Rung("most", tuesday + timedelta(hours=15)),
        Rung("full", tuesday + timedelta(hours=18)),
        Rung("at_risk", datetime(2026, 11, 19, 14, 54, tzinfo=UTC)),
        Rung("late", datetime(2026, 11, 19, 18, tzinfo=UTC)),
        Rung("undated", datetime(2026, 11, 20, 12, tzinfo=UTC)),
    ]
    assert monday + timedelta(hours=11) == now


def test_red_words_in_quarantine_keep_their_hour(calendar, now):
    question = make_question(quarantined=True, level="red", now=now)
    full = [
        rung.at for rung in deadlines.ladder(calendar, moves.course(question, question.round)) if rung.kind == "full"
    ]
    assert full == [now + timedelta(hours=1)]


def test_a_late_one_in_quarantine_sends_no_mail_to_whoever_was_named(calendar, now):
    for quarantined in (True, False):
        make_question(quarantined=quarantined, email="someone@example.org", now=now)
    ringing.ring_due(now=datetime(2026, 11, 19, 18, 1, tzinfo=UTC))
    late = OutboxRow.objects.get(kind="late")
    assert late.refs["subject"] == Question.objects.get(quarantined=False).subject
    assert Reminder.objects.filter(kind="late").count() == 2


def red(now, **values):
    return asking.ask(text="I am not safe tonight", age_band="13-15", now=now, **values)


def test_people_are_told_once_in_ten_minutes_of_red_words_in_quarantine(calendar, now, phrases):
    for minute in (0, 1, 9, 10, 59):
        red(now + timedelta(minutes=minute), quarantined=True)
    red(now, quarantined=True, about_staff=True)
    red(now)
    kinds = sorted(OutboxRow.objects.values_list("kind", flat=True))
    assert kinds == ["red-quarantine"] * 4 + ["red-question"]
    assert outbox.claim_one(now=now).refs == {"readers": "all"}
