"""Boundaries and one's own limit: theirs alone, and whoever holds something on a topic of theirs is told first."""

import json
import re
from datetime import date, timedelta

import pytest
from django.db import connection

from advisors.drafting import bounding, claiming, fitting, writing
from advisors.drafting.models import Draft
from advisors.models import Person
from advisors.signoff import triaging
from advisors.team import bounding as bounds
from advisors.team import wrapping_up
from askpeer import history
from askpeer.errors import Refused
from questions.models import Question, Topic
from tests.factories import ManagerFactory, PersonFactory, SupervisorFactory, TopicFactory, make_question
from tests.interleaving import before

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]
CHANGED = "This was changed in another window meanwhile. Here is what stands now, and what you chose."
HELD = "You hold something on a topic you'd keep away from. Read what happens, then save again."
BACK = "it goes back to the desk with its draft, and the next advisor writes on."


@pytest.fixture(autouse=True)
def topics(db):
    Topic.objects.all().delete()
    return [TopicFactory(slug=slug, label=slug.capitalize()) for slug in ("food", "home", "lonely")]


def fresh(person):
    return Person.objects.get(pk=person.pk)


def seen(person):
    return bounds.of(fresh(person), bounds.topics()).digest


def bound(person, now, *, most=None, base=None, let_go=False, **choices):
    return bounding.bound(person=person, choices=choices, most=most, seen=base or seen(person), let_go=let_go, now=now)


def waiting(omar, now, *, topic="food", **values):
    question = make_question(now=now, topic=Topic.objects.get(slug=topic), **values)
    line = {"summary": "New school.", "content_notes": []}
    triaging.pass_on(question=question, version=1, by=omar, now=now, **line)
    return question


def held(omar, person, now, **values):
    question = waiting(omar, now, **values)
    claiming.claim(question=question, by=person, version=question.version, now=now)
    return question


def test_each_topic_has_a_choice_and_what_is_not_chosen_stays(sam, now):
    bound(sam, now, food="never", home="ask")
    bound(sam, now, home="fine", most=1)
    row = fresh(sam)
    assert bounds.of(row, bounds.topics()) == ({"food": "never", "home": "fine", "lonely": "fine"}, 1)
    assert (row.boundary_topics("never"), row.boundary_topics("ask"), row.own_most) == ({"food"}, set(), 1)


def test_it_is_sealed_and_the_trail_knows_nothing_of_it(sam, now):
    bound(sam, now, food="never", most=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT boundaries FROM advisors_person WHERE email = %s", [sam.email])
        assert b"food" not in bytes(cursor.fetchone()[0])
    assert history.of(sam.name) == []
    bound(sam, now, food="fine")
    assert fresh(sam).boundaries is None


def test_a_topic_that_is_gone_is_dropped_without_a_word(sam, now):
    bound(sam, now, food="never", home="never")
    Topic.objects.get(slug="food").delete()
    bound(sam, now, gone="never", lonely="ask")
    assert json.loads(fresh(sam).boundaries) == {"home": "never", "lonely": "ask"}


@pytest.mark.parametrize(
    ("born", "agreed", "most", "allowed", "fits"),
    [
        (date(2004, 5, 1), None, 3, 3, True),
        (date(2004, 5, 1), None, 4, 3, False),
        (date(2004, 5, 1), None, -1, 3, False),
        (date(2004, 5, 1), None, 0, 0, True),
        (date(2009, 5, 1), None, 2, 2, True),
        (date(2009, 5, 1), None, 3, 2, False),
        (date(2004, 5, 1), 1, 2, 1, False),
        (date(2004, 5, 1), 1, 0, 0, True),
    ],
)
def test_ones_own_limit_only_lowers(now, born, agreed, most, allowed, fits):
    person = PersonFactory(born_on=born, most_at_once=agreed)
    if fits:
        bound(person, now, most=most)
    else:
        with pytest.raises(Refused, match="Your own can only be lower than ours"):
            bound(person, now, most=most)
    assert fitting.most(fresh(person), now) == allowed


def test_a_supervisor_has_boundaries_and_no_limit(ruth, now):
    bound(ruth, now, food="never")
    with pytest.raises(Refused, match="Choose a limit from the list"):
        bound(ruth, now, most=0)
    assert (fresh(ruth).boundary_topics("never"), bounding.caps(ruth, now=now)) == ({"food"}, None)


def test_ones_own_limit_holds_at_every_door(omar, sam, ruth, now):
    question = waiting(omar, now)
    bound(sam, now, most=0)
    paused = "You said that you take nothing new for now. You can change that under Boundaries and limits."
    with pytest.raises(Refused) as refused:
        claiming.claim(question=question, by=sam, version=question.version, now=now)
    assert str(refused.value) == paused
    with pytest.raises(Refused) as refused:
        claiming.take_next(by=sam, now=now)
    with pytest.raises(Refused, match=r"^Sam cannot take this question\. Choose someone else\.$"):
        claiming.assign(question=question, to=sam, by=ruth, version=question.version, now=now)
    bound(sam, now, most=1)
    claiming.assign(question=question, to=sam, by=ruth, version=question.version, now=now)
    other = waiting(omar, now)
    with pytest.raises(Refused, match="cannot take this question"):
        claiming.assign(question=other, to=sam, by=ruth, version=other.version, now=now)


def test_what_they_hold_is_said_first_and_goes_back_with_its_draft(omar, sam, now):
    question = held(omar, sam, now)
    writing.save(question=question, kind="answer", text="Hi.", details=[], base=0, by=sam, now=now)
    with pytest.raises(bounding.Held) as said:
        bound(sam, now, food="never")
    assert (str(said.value), said.value.being_written, said.value.elsewhere) == (HELD, ["Food"], [])
    assert (fresh(sam).boundaries, Question.objects.get().holder) == (None, sam)
    bound(sam, now, food="never", let_go=True)
    row = Question.objects.get()
    assert (row.holder, row.status, Draft.objects.get().number) == (None, "open", 1)
    assert fitting.why_not(fresh(sam), row, now) == "You keep away from this topic."


def test_what_is_elsewhere_goes_on_without_them(omar, sam, now):
    question = held(omar, sam, now)
    Question.objects.filter(pk=question.pk).update(status="in_review")
    with pytest.raises(bounding.Held) as said:
        bound(sam, now, food="never")
    assert (said.value.being_written, said.value.elsewhere) == ([], ["Food"])


def test_another_topic_takes_nothing_from_them(omar, sam, now):
    held(omar, sam, now)
    bound(sam, now, home="never", food="ask")
    assert Question.objects.get().holder == sam


def test_an_offer_on_a_topic_they_keep_away_from_goes_without_a_word(omar, sam, now):
    question = waiting(omar, now)
    Question.objects.filter(pk=question.pk).update(offered_to=sam)
    bound(sam, now, food="never")
    assert Question.objects.get().offered_to is None


def test_the_second_window_is_shown_what_the_first_one_saved(sam, now):
    base = seen(sam)
    bound(sam, now, food="never", base=base)
    with pytest.raises(bounds.Changed) as changed:
        bound(sam, now, home="never", base=base)
    assert (str(changed.value), changed.value.kept.choices["food"]) == (CHANGED, "never")
    assert fresh(sam).boundary_topics("never") == {"food"}
    bound(sam, now, food="never", base=base)  # the same once more is a button pressed twice


def test_two_windows_are_compared_under_the_lock(sam, now):
    base = seen(sam)
    first = lambda: bound(sam, now, food="never", base=base)  # noqa: E731
    with pytest.raises(bounds.Changed), before("SELECT", "advisors_person", first):
        bound(sam, now, home="never", base=base)


def test_only_who_answers_questions(now):
    for person in (ManagerFactory(), PersonFactory(is_active=False)):
        with pytest.raises(Refused, match="Only somebody who answers questions"):
            bound(person, now, food="never")


@pytest.mark.parametrize("count", [1, 3])
def test_caps_are_todays_figures(omar, sam, now, count, django_assert_num_queries):
    for _ in range(count):
        held(omar, sam, now, level="amber")
    wrapping_up.wrap_up(person=sam, hours=2, minutes=30, now=now)
    with django_assert_num_queries(3):
        assert bounding.caps(sam, now=now) == (count, 3, count, 3, 150, 720)


def sent(person, **choices):
    named = {
        f"topic_{slug}": choice
        for slug, choice in ({"food": "fine", "home": "fine", "lonely": "fine"} | choices).items()
    }
    return named | {"seen": seen(person), "most": ""}


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_whatever_they_hold(browser, omar, sam, now, count, django_assert_num_queries):
    for _ in range(count):
        held(omar, sam, now)
    client = browser(sam)
    client.get("/desk/boundaries/")
    with django_assert_num_queries(6):  # session and person, topics, three figures
        assert client.get("/desk/boundaries/").status_code == 200


def test_the_page_keeps_what_they_chose_and_says_first_what_goes_back(browser, omar, sam, now):
    held(omar, sam, now)
    client = browser(sam)
    page = client.post("/desk/boundaries/", sent(sam, food="never", home="ask") | {"most": "1"})
    text = page.content.decode()
    assert (page.status_code, f"Food: {BACK}" in text) == (422, True)
    assert page.context["form"]["topic_home"].value() == "ask"
    again = sent(sam, food="never", home="ask") | {"most": "1", "let_go": "on"}
    assert "Saved. Nobody but you reads this." in client.post("/desk/boundaries/", again, follow=True).content.decode()
    row = fresh(sam)
    assert (row.boundary_topics("never"), row.boundary_topics("ask"), row.own_most) == ({"food"}, {"home"}, 1)


def test_a_stale_page_shows_both_and_saves_over_it_when_pressed_again(browser, sam, now):
    client, old = browser(sam), sent(sam, home="never")
    bound(sam, now, food="ask", most=0)
    page = client.post("/desk/boundaries/", old)
    text = page.content.decode()
    assert (page.status_code, CHANGED in text) == (409, True)
    rows = [("Food", "Ask me first", "Fine"), ("Home", "Fine", "Never"),
            ("How many at once", "Nothing new for now", "No limit of your own")]  # fmt: skip
    assert page.context["changed"] == rows
    again = old | {"seen": page.context["form"]["seen"].value()}
    assert client.post("/desk/boundaries/", again).status_code == 302
    assert (fresh(sam).boundary_topics("never"), fresh(sam).own_most) == ({"home"}, None)


def test_nobody_else_reads_them_anywhere(browser, sam, now):
    bound(sam, now, food="never", most=0)
    ruth, tom = browser(SupervisorFactory()), browser(ManagerFactory())
    theirs = ((tom, "/manage/people/"), (tom, f"/manage/people/{sam.pk}/"))
    for client, path in ((ruth, "/review/"), (ruth, "/review/newcomers/"), *theirs):
        page = client.get(path)
        said = re.findall("boundaries|food|keeps away", page.content.decode(), re.IGNORECASE)
        assert (page.status_code, said) == (200, [])


def test_the_page_says_which_rules_hold_for_the_young(browser, now):
    young = browser(PersonFactory(born_on=date(2009, 5, 1)))
    assert "While you're under 18:" in young.get("/desk/boundaries/").content.decode()
    assert "While you're under 18:" not in browser(PersonFactory()).get("/desk/boundaries/").content.decode()


@pytest.mark.parametrize("value", ["", "\0", b"\xed\xa0\x80", "\u202e", "[" * 200_000, "9" * 99])
def test_hostile_choices_get_a_sentence(browser, sam, value):
    client = browser(sam)
    page = client.post("/desk/boundaries/", sent(sam) | {"topic_food": value})
    assert (page.status_code, page.context["form"].errors) == (422, {"topic_food": ["Choose one of the three."]})
    assert client.post("/desk/boundaries/", sent(sam) | {"most": "4"}).status_code == 422
    assert client.post("/desk/boundaries/", sent(sam) | {"seen": value}).status_code in {302, 409, 422}


def test_a_heavy_week_and_long_hours_hold_at_every_door(omar, sam, ruth, now):
    for _ in range(fitting.MOST_HEAVY):
        question = held(omar, sam, now, level="amber")
        claiming.hand_back(
            question=question, by=sam, version=question.version, note="On.", now=now + timedelta(minutes=11)
        )
        question.refresh_from_db()
        claiming.recuse(question=question, by=sam, now=now)
    at, heavy = now + timedelta(minutes=12), waiting(omar, now, level="amber")
    light = waiting(omar, now)

    def doors(question):
        claim = lambda: claiming.claim(question=question, by=sam, version=question.version, now=at)  # noqa: E731
        assign = lambda: claiming.assign(question=question, to=sam, by=ruth, version=question.version, now=at)  # noqa: E731
        return claim, assign

    for door in doors(heavy):
        with pytest.raises(Refused):
            door()
    wrapping_up.wrap_up(person=sam, hours=12, minutes=0, now=at)
    for door in (*doors(light), lambda: claiming.take_next(by=sam, now=at)):
        with pytest.raises(Refused):
            door()
    assert Question.objects.filter(holder=sam).count() == 0
