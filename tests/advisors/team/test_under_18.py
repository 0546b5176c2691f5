"""Every rule for an advisor under 18, and every door that gives them a question or takes their words: none is open."""

from datetime import UTC, date, datetime, timedelta

import pytest

from advisors.beside import noting, offering, sitting
from advisors.drafting import claiming, desk, fitting, writing
from advisors.drafting.models import Recusal
from advisors.duty.models import OnDuty
from advisors.models import Person
from advisors.signoff import levels, reading, reviewing, signing, triaging
from askpeer.errors import Refused
from questions.intake import following
from questions.models import Question, Topic
from questions.partners.models import Partner
from tests.factories import FINE, PersonFactory, SupervisorFactory, TopicFactory, keep_on_duty, make_question

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]
NINE = datetime(2026, 11, 16, 21, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ANSWER = "Eating lunch alone at a new school is hard. You could ask one person in your form what they do at lunch."
DETAILS = ["new school", "lunch alone"]
TEXT = "I moved to a new school in May and I eat lunch alone."


@pytest.fixture
def kim(omar):
    """Seventeen, with nothing behind them that would keep them away by itself; their buddy is on duty."""
    return PersonFactory(alias="Kim", born_on=date(2009, 5, 1), buddy=omar)


@pytest.fixture
def school(db):
    return Partner.objects.create(name="Northgate School", slug="northgate", kind=Partner.Kind.SCHOOL)


def waiting(omar, now, *, notes=(), **values):
    question = make_question(text=TEXT, now=now, **values)
    line = {"summary": "New school.", "content_notes": list(notes)}
    triaging.pass_on(question=question, version=1, by=omar, now=now, **line)
    return question


def written(omar, person, now):
    question = waiting(omar, now)
    claiming.claim(question=question, by=person, version=question.version, now=now)
    writing.save(question=question, kind="answer", text=ANSWER, details=DETAILS, base=0, by=person, now=now)
    return fresh(question)


def fresh(question):
    return Question.objects.select_related("holder").get(pk=question.pk)


def claim(question, person, omar, at):
    claiming.claim(question=question, by=person, version=question.version, now=at)


def take_next(question, person, omar, at):
    claiming.take_next(by=person, now=at)


def assign(question, person, omar, at):
    claiming.assign(question=question, to=person, by=omar, version=question.version, now=at)


DOORS = {"claim": claim, "take next": take_next, "assign": assign}


def level(name):
    return lambda: {"level": name}


def heavy(note):
    return lambda: {"notes": [note]}


# What a question is like that no advisor under 18 may have.
KEPT = {
    "amber": level("amber"),
    "red": level("red"),
    **{f"about {note}": heavy(note) for note in sorted(fitting.HEAVY)},
    "a sensitive topic": lambda: {"topic": TopicFactory(sensitive=True)},
    "for an adult": lambda: {"writer": "adult"},
    "their own school's": lambda: {"partner": Partner.objects.get(slug="northgate")},
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("rule", KEPT)
def test_what_is_kept_from_them_is_kept_at_every_door(kim, omar, school, now, rule, door):
    Person.objects.filter(pk=kim.pk).update(partner=school)
    question, kim = waiting(omar, now, **KEPT[rule]()), Person.objects.get(pk=kim.pk)
    with pytest.raises(Refused):
        DOORS[door](question, kim, omar, now)
    assert fresh(question).holder is None
    assert desk.cards(kim, now=now) == []


def test_the_next_one_is_the_first_that_is_light(kim, omar, now):
    waiting(omar, now - timedelta(hours=2), notes=["self-harm"])
    light = waiting(omar, now)
    assert [card.question for card in desk.cards(kim, now=now)] == [light]
    assert claiming.take_next(by=kim, now=now) == light


@pytest.mark.parametrize("door", DOORS)
def test_what_is_light_comes_in_at_every_door(kim, omar, now, door):
    question = waiting(omar, now)
    DOORS[door](question, kim, omar, now)
    assert fresh(question).holder == kim


def two_in_hand(kim, omar, at):
    for _ in range(2):
        claim(waiting(omar, at - timedelta(hours=1)), kim, omar, at)


def nobody_on_duty(kim, omar, at):
    OnDuty.objects.all().delete()


def fourteen(kim, omar, at):
    Person.objects.filter(pk=kim.pk).update(born_on=date(2011, 11, 17), guardian_consent_on=date(2026, 9, 1))


def without_consent(kim, omar, at):
    Person.objects.filter(pk=kim.pk).update(born_on=date(2010, 11, 17), guardian_consent_on=None)


# What they, or the moment, are like when nothing new comes in at all.
CLOSED = {
    "two in hand": two_in_hand,
    "nobody on duty": nobody_on_duty,
    "fourteen": fourteen,
    "fifteen without consent": without_consent,
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("rule", CLOSED)
def test_when_nothing_comes_in_nothing_does_at_any_door(kim, omar, now, rule, door):
    CLOSED[rule](kim, omar, now)
    question, kim = waiting(omar, now), Person.objects.get(pk=kim.pk)
    with pytest.raises(Refused):
        DOORS[door](question, kim, omar, now)
    assert fresh(question).holder is None


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(("at", "is_open"), [(NINE - SECOND, True), (NINE, False)])
def test_nothing_comes_in_from_nine_on(kim, omar, now, door, at, is_open):
    question = waiting(omar, now)
    OnDuty.objects.update(seen_at=at)
    if is_open:
        DOORS[door](question, kim, omar, at)
    else:
        with pytest.raises(Refused):
            DOORS[door](question, kim, omar, at)
    assert (fresh(question).holder == kim) is is_open


def submit(question, kim, at):
    writing.submit(question=question, kind="answer", base=1, by=kim, version=question.version, now=at)


def restore(question, kim, at):
    writing.restore(question=question, kind="answer", number=1, base=1, by=kim, now=at)


def ask_for_company(question, kim, at):
    sitting.ask(question=question, by=kim, now=at)


def margin(question, kim, at):
    noting.write(question=question, note="Could you look?", by=kim, now=at)


def autosave_twice(question, kim, at):
    for number in (1, 2):
        writing.save(
            question=question, kind="answer", text=f"{ANSWER} {number}", details=[], base=number, by=kim, now=at
        )


NIGHT = {
    "send for review": submit,
    "restore": restore,
    "ask for company": ask_for_company,
    "the margin": margin,
    "autosave, a second time": autosave_twice,
}


@pytest.mark.parametrize("door", NIGHT)
@pytest.mark.parametrize(("at", "is_open"), [(NINE - SECOND, True), (NINE, False)])
def test_their_desk_is_locked_at_nine(kim, omar, now, door, at, is_open):
    question = written(omar, kim, now)
    if is_open:
        NIGHT[door](question, kim, at)
    else:
        with pytest.raises(Refused, match="late"):
            NIGHT[door](question, kim, at)


def test_what_was_typed_before_nine_is_saved_once_after_it(kim, omar, now):
    question = written(omar, kim, now)
    row = writing.save(question=question, kind="answer", text="On its way.", details=[], base=1, by=kim, now=NINE)
    assert row.number == 2


def sent(kim, omar, now):
    question = written(omar, kim, now)
    submit(question, kim, now)
    return fresh(question)


def test_taking_back_is_locked_too(kim, omar, now):
    question = sent(kim, omar, now)
    with pytest.raises(Refused, match="late"):
        writing.pull_back(question=question, by=kim, version=question.version, now=NINE)


def edited(kim, omar, ruth, now):
    question = sent(kim, omar, now)
    draft = reading.draft_in_review(question)
    text = ANSWER.replace("is hard", "is really hard")
    reviewing.edit(draft=draft, base=1, text=text, by=ruth, now=now)
    return reading.draft_in_review(question)


def test_a_small_edit_is_theirs_to_accept_by_day_alone_after_their_buddy_and_from_fifteen_on(kim, omar, ruth, now):
    draft = edited(kim, omar, ruth, now)
    with pytest.raises(Refused, match="late"):
        reviewing.accept(draft=draft, number=2, by=kim, now=NINE)
    with pytest.raises(Refused, match="Kim's buddy Omar reads this one first"):
        reviewing.accept(draft=draft, number=2, by=kim, now=now)
    Person.objects.filter(pk=kim.pk).update(born_on=date(2011, 11, 17))
    with pytest.raises(Refused, match="15 or older"):
        reviewing.accept(draft=draft, number=2, by=kim, now=now)


def test_every_answer_of_theirs_is_written_side_by_side_or_signed_by_their_buddy(kim, omar, ruth, now):
    question = sent(kim, omar, now)
    assert offering.wants(kim, question, now=now)
    with pytest.raises(Refused):
        reviewing.approve(draft=reading.draft_in_review(question), number=1, by=ruth, marks=FINE, now=now)
    signing.check_buddy(question, omar, now=now)


def test_a_question_that_becomes_too_heavy_leaves_them_whatever_made_it_so(kim, omar, ruth, now):
    raised, topical = written(omar, kim, now), written(omar, kim, now)
    levels.raise_level(question=raised, level="amber", reason="They cut.", by=ruth, now=now)
    topic = TopicFactory()
    Question.objects.filter(pk=topical.pk).update(topic=topic)
    Topic.objects.filter(pk=topic.pk).update(sensitive=True)
    claiming.let_go_of_topic(Topic.objects.get(pk=topic.pk), now=now)
    assert [fresh(row).holder for row in (raised, topical)] == [None, None]


def test_words_are_not_taken_from_them_for_what_became_too_heavy(kim, omar, now):
    question = written(omar, kim, now)
    Question.objects.filter(pk=question.pk).update(level="amber")
    with pytest.raises(Refused, match="18 or over"):
        writing.save(question=question, kind="answer", text="More.", details=[], base=1, by=kim, now=now)


def answered(kim, omar, ruth, now):
    question = sent(kim, omar, now)
    draft = reading.draft_in_review(question)
    reviewing.approve(draft=draft, number=1, by=omar, marks=FINE, now=now)
    return fresh(question)


@pytest.mark.parametrize(("level", "is_offered"), [("green", True), ("amber", False), ("red", False)])
def test_a_follow_up_is_offered_to_them_while_it_is_light(kim, omar, ruth, now, level, is_offered):
    question = answered(kim, omar, ruth, now)
    following.follow_up(question=question, text="Thanks. What now?", now=now)
    Question.objects.filter(pk=question.pk).update(level=level)  # as a phrase in it would
    question = fresh(question)
    line = {"summary": "Again.", "content_notes": []}
    triaging.pass_on(question=question, version=question.version, by=omar, now=now, **line)
    question = fresh(question)
    assert (question.offered_to == kim) is is_offered
    assert (fitting.why_not(kim, question, now) == "") is is_offered
    assert not fitting.is_kept_for_another(question, fitting.Today(SupervisorFactory(), now)) or is_offered


def test_whoever_stepped_back_is_asked_no_more_by_any_door(kim, omar, now):
    question = waiting(omar, now)
    Recusal.objects.create(question=question, person=kim, at=now)
    for door in DOORS.values():
        with pytest.raises(Refused):
            door(question, kim, omar, now)


def test_on_their_eighteenth_birthday_all_of_it_ends(omar, now):
    person = PersonFactory(born_on=date(2008, 11, 16))
    keep_on_duty(SupervisorFactory())
    for _ in range(2):
        claim(waiting(omar, now, level="amber"), person, omar, now)
    claim(waiting(omar, now), person, omar, now)
    assert (fitting.curfew(person, NINE), fitting.held(person)) == ("", 3)
