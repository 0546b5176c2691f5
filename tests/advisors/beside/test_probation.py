"""An advisor's first answers: with company until five are given and a supervisor has lifted it."""

import json
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from advisors.beside import lifting, offering, presence, probation, sitting
from advisors.drafting.models import DraftVersion
from advisors.models import Person
from advisors.signoff import marking
from advisors.signoff.models import Rubric
from askpeer import history
from askpeer.errors import Refused, Stale
from tests.factories import LeadFactory, ManagerFactory, PersonFactory, SupervisorFactory, make_question
from tests.interleaving import before

pytestmark = pytest.mark.django_db
STILL = "Somebody sits beside you until a supervisor says you can write without company. Ask them when that may be."
LIFTED = date(2026, 11, 16)
OVER = "Somebody has lifted it already: Sam writes without company."


@pytest.fixture
def ready(db):
    """An advisor with five answers whose probation nobody has lifted."""
    return PersonFactory(alias="Sam", answers_given=5, probation_lifted_on=None)


def fresh(person):
    return Person.objects.get(pk=person.pk)


@pytest.mark.parametrize(
    ("given", "lifted", "on"),
    [(0, None, True), (4, LIFTED, True), (5, None, True), (5, LIFTED, False), (20, None, True)],
)
def test_it_is_on_until_five_are_given_and_somebody_has_lifted_it(given, lifted, on):
    person = PersonFactory(answers_given=given, probation_lifted_on=lifted)
    assert probation.is_on(person) is on
    assert Person.objects.filter(probation.those_on(), pk=person.pk).exists() is on


def test_a_supervisor_has_none():
    person = SupervisorFactory(answers_given=0, probation_lifted_on=None)
    assert not probation.is_on(person)
    assert not Person.objects.filter(probation.those_on()).exists()


def test_side_by_side_and_the_whole_rubric_go_on_until_it_is_lifted(written, ready, ruth, omar, now):
    question = written(by=ready)
    version = DraftVersion.objects.get()
    version.draft.round.question = question
    asked = lambda: (  # noqa: E731
        offering.wants(fresh(ready), question, now=now),
        marking.is_whole_asked(version, type(question).objects.select_related("holder").get(pk=question.pk)),
        [(offer.advisor, offer.why) for offer in offering.offers(omar, now=now)],
    )
    assert asked() == (True, True, [("Sam", "writes with company until one of you lifts it")])
    lifting.lift(person=ready, by=ruth, now=now)
    assert asked() == (False, False, [])


def test_a_reviewer_lifts_it_and_the_trail_says_who(ready, ruth, now):
    lifting.lift(person=ready, by=ruth, now=now)
    row = fresh(ready)
    assert (row.probation_lifted_on, row.probation_lifted_by, probation.is_on(row)) == (LIFTED, ruth, False)
    assert [(entry.kind, entry.actor, entry.facts) for entry in history.of(ready.name)] == [
        ("probation_lifted", ruth.name, {})
    ]


def test_four_answers_are_not_enough(ruth, now):
    person = PersonFactory(alias="Jaz", answers_given=4, probation_lifted_on=None)
    with pytest.raises(Refused, match=r"^Jaz has given 4 of the first 5 answers\.$"):
        lifting.lift(person=person, by=ruth, now=now)
    assert fresh(person).probation_lifted_on is None


def test_only_a_reviewer_and_nobody_for_themselves(ready, now):
    for person in (ready, PersonFactory(), ManagerFactory(), SupervisorFactory(is_active=False)):
        with pytest.raises(Refused, match="Only a supervisor"):
            lifting.lift(person=ready, by=person, now=now)
    assert lifting.why_not_lift(ready, ready) == "Somebody else has to say that you write without company."
    gone, ruth = PersonFactory(is_active=False, probation_lifted_on=None), LeadFactory()
    for person in (gone, ruth):
        with pytest.raises(Refused, match="Only an advisor who works here"):
            lifting.lift(person=person, by=ruth, now=now)
    assert history.of(ready.name) == []


def test_the_second_who_lifts_it_is_told_so(ready, ruth, omar, now):
    copy = fresh(ready)
    lifting.lift(person=ready, by=ruth, now=now)
    with pytest.raises(Stale) as stale:
        lifting.lift(person=copy, by=omar, now=now + timedelta(days=1))
    assert str(stale.value) == OVER
    assert fresh(ready).probation_lifted_by == ruth


def test_whoever_comes_between_lock_and_update_is_counted(ready, ruth, omar, now):
    """The guard is in the UPDATE itself: no lock is trusted for it."""

    def first():
        Person.objects.filter(pk=ready.pk).update(probation_lifted_on=LIFTED, probation_lifted_by=omar)

    with before("UPDATE", "advisors_person", first), pytest.raises(Stale):
        lifting.lift(person=ready, by=ruth, now=now)


def test_a_supervisor_may_put_it_back_for_a_reason_of_the_list(ready, ruth, now):
    lifting.lift(person=ready, by=ruth, now=now)
    with pytest.raises(Refused, match="Choose one of the reasons"):
        lifting.put_back(person=ready, why="sad", by=ruth, now=now)
    lifting.put_back(person=ready, why="away", by=ruth, now=now)
    row = fresh(ready)
    assert (row.probation_lifted_on, row.probation_lifted_by, probation.is_on(row)) == (None, None, True)
    assert [(entry.kind, entry.facts) for entry in history.of(ready.name)] == [
        ("probation_lifted", {}),
        ("probation_again", {"why": "away"}),
    ]
    with pytest.raises(Stale, match="has company already"):
        lifting.put_back(person=ready, why="away", by=ruth, now=now)


def mark(version, by, at, *levels):
    names = zip(lifting.LEVELS, levels, strict=True)
    Rubric.objects.create(
        version=version, by=by, safe=True, accurate=True, personal=True, within_limits=True, at=at, **dict(names)
    )


def test_the_page_has_their_means_and_who_sat_beside_them(written, ready, ruth, omar, now):
    question = written(by=ready)
    sitting.sit_down(question=question, by=omar, now=now)
    presence.beat(question=question, by=omar, now=now)
    presence.beat(question=question, by=ready, now=now)
    version = DraftVersion.objects.get()
    mark(version, ruth, now, 0, 0, 0)
    mark(version, omar, now + timedelta(minutes=1), 2, 1, 2)
    written(by=ready)
    mark(DraftVersion.objects.exclude(pk=version.pk).get(), ruth, now, 1, 1, 2)
    row, other = lifting.newcomers(ruth)
    assert (row.person, other.given, other.marked) == (ready, 4, 0)
    assert (row.given, row.marked, row.why_not, row.beside) == (5, 2, "", ["Omar"])
    assert row.means == [("reaction", "1.5"), ("interpretation", "1.0"), ("exploration", "2.0")]


def test_nobody_but_reviewers_reads_the_list(ready):
    for person in (ready, ManagerFactory()):
        with pytest.raises(Refused):
            lifting.newcomers(person)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_whatever_its_length(written, ruth, now, count, django_assert_num_queries):
    for _ in range(count - 1):
        written(by=PersonFactory(answers_given=1))
    written()
    with django_assert_num_queries(3):
        assert len(lifting.newcomers(ruth)) == count
    with django_assert_num_queries(1):
        assert lifting.alone() == []


@pytest.mark.parametrize(
    ("given", "lifted", "days", "said"),
    [
        (2, None, 0, "Somebody sits beside you for your first 5 answers. You've given 2 of them so far."),
        (
            5,
            None,
            0,
            STILL,
        ),
        (
            5,
            LIFTED,
            6,
            "A supervisor has read your answers and says you're ready. You can write without company from now on.",
        ),
        (5, LIFTED, 7, ""),
    ],
)
def test_the_desk_says_so_for_a_week(calendar, now, given, lifted, days, said):
    person = PersonFactory(answers_given=given, probation_lifted_on=lifted)
    assert lifting.said(person, now=now + timedelta(days=days)) == said
    assert lifting.said(SupervisorFactory(), now=now) == ""


def test_lifted_with_one_press_and_back_with_a_reason(client, calendar, clock, ready, ruth, now):
    client.force_login(ruth)
    page = client.get("/review/newcomers/").content.decode()
    address = reverse("beside:lift", args=[ready.pk])
    assert address in page
    shown = client.post(address, follow=True).content.decode()
    assert "Sam writes without company from now on, and reads so on their desk." in shown
    again = client.post(address)
    assert (again.status_code, OVER in again.content.decode()) == (409, True)
    sent = {"person": str(ready.pk), "why": "changes"}
    empty = client.post(reverse("beside:put_back"), sent | {"why": ""})
    assert (empty.status_code, empty.context["form"].errors) == (422, {"why": ["Choose one of the reasons."]})
    assert f'value="{ready.pk}" selected' in empty.content.decode()
    shown = client.post(reverse("beside:put_back"), sent, follow=True).content.decode()
    assert "Sam has company again, and reads so on their desk." in shown
    assert probation.is_on(fresh(ready))


def test_hostile_addresses_and_fields_get_a_sentence(client, calendar, clock, ready, ruth, now):
    client.force_login(ruth)
    assert client.post(reverse("beside:lift", args=[uuid4()])).status_code == 404
    assert client.get(reverse("beside:lift", args=[ready.pk])).status_code == 405
    for value in ("\0", "‮", "x" * 200_000, json.dumps([1]), str(uuid4())):
        assert client.post(reverse("beside:put_back"), {"person": value, "why": value}).status_code == 422


def test_what_an_advisor_reads_on_the_desk(client, calendar, clock, ready, ruth, now):
    client.force_login(ready)
    assert "until a supervisor says you can write without company" in client.get("/desk/").content.decode()
    lifting.lift(person=ready, by=ruth, now=now)
    assert "You can write without company from now on." in client.get("/desk/").content.decode()


def test_a_question_says_who_wrote_it_first(calendar, now, ready):
    """Amber stays side by side whoever writes it, lifted or not."""
    Person.objects.filter(pk=ready.pk).update(probation_lifted_on=LIFTED)
    assert offering.wants(fresh(ready), make_question(now=now, level="amber"), now=now)
