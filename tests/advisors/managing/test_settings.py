"""The managers' settings under /admin/: limits and topics, and nothing else."""
"""The managers' settings under /admin/: people, and nothing else."""

import re

import pytest

from questions.intake.models import IntakeLimits, OnCall
from questions.models import Question, Topic
from advisors.drafting import claiming, writing
from advisors.duty import rota
from advisors.models import Person
from advisors.signoff import leaving, reading, reviewing, triaging
from advisors.signoff.models import Approval, OwnWords
from askpeer import history
from askpeer.errors import Refused
from questions.intake import oncall
from questions.partners.models import Partner
from tests.factories import (
    ManagerFactory,
    SupervisorFactory,
    TopicFactory,
    keep_on_duty,
    make_question,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client, settings):
    settings.SECOND_FACTOR = False
    person = ManagerFactory(alias="Tom")
    client.force_login(person)
    return person


def test_the_site_holds_limits_and_topics_and_nothing_else(client, manager):
    groups = client.get("/admin/").context["app_list"]
    assert sorted(model["object_name"] for group in groups for model in group["models"]) == [
        "IntakeLimits",
        "Topic",
def test_the_site_holds_people_and_nothing_else(client, manager):
    groups = client.get("/admin/").context["app_list"]
    assert sorted(model["object_name"] for group in groups for model in group["models"]) == [
        "Person",
    ]
    elsewhere = ("askpeer/servicecalendar/", "intake/oncall/")  # of which there are pages with rules of their own
    for path in (
        *elsewhere,
        "mfa/authenticator/",
        "account/emailaddress/",
        "auth/group/",
        "questions/question/",
        "advisors/person/",
    ):
        assert client.get(f"/admin/{path}").status_code == 404


def test_nobody_signs_in_past_the_second_factor(client, settings):
    response = client.post("/admin/login/?next=/admin/", {"username": "x", "password": "y"})
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/admin/")
    settings.SECOND_FACTOR = False
    client.force_login(SupervisorFactory())
    assert client.get("/admin/login/").status_code == 403


def test_a_topics_keywords_are_typed_with_commas(client, manager):
    form = {"label": "Lonely", "clean_label": "", "slug": "lonely", "keywords": "left out,  no mates,,left out"}
    assert client.post("/admin/questions/topic/add/", form | {"position": 3}).status_code == 302
    topic = Topic.objects.get()
    assert topic.keywords == ["left out", "no mates"]
    page = client.get(f"/admin/questions/topic/{topic.pk}/change/")
    assert page.context["adminform"].form["keywords"].value() == "left out, no mates"


@pytest.mark.parametrize(
    ("keywords", "sentence"),
    [
        (",".join(str(number) for number in range(41)), "A topic can have 40 keywords at most. These are 41."),
        ("k" * 41, "A keyword can have 40 characters at most: " + "k" * 41),
        ("a\0b", "Null characters are not allowed."),
    ],
)
def test_keywords_that_will_not_do_are_refused(client, manager, keywords, sentence):
    form = {"label": "Lonely", "slug": "lonely", "keywords": keywords, "position": 3}
    response = client.post("/admin/questions/topic/add/", form)
    assert response.context["adminform"].form.errors == {"keywords": [sentence]}


@pytest.mark.parametrize("path", ["", "intake/intakelimits/add/", "questions/topic/add/"])
def person_form(person, **values):
    return {
        "alias": person.alias,
        "email": person.email,
        "role": person.role,
        "born_on": person.born_on or "",
    } | values


def change(client, person, **values):
    return client.post(f"/admin/advisors/person/{person.pk}/change/", person_form(person, **values))


def test_training_and_consent_are_recorded_without_their_values_in_the_trail(client, manager):
    person = PersonFactory(trained_until=None)
    response = change(client, person, trained_until="2027-05-01", guardian_consent_on="2026-11-01")
    assert response.status_code == 302
    person.refresh_from_db()
    assert (person.trained_until, person.guardian_consent_on) == (date(2027, 5, 1), date(2026, 11, 1))
    assert [(entry.kind, entry.actor, entry.facts) for entry in history.of(person.name)] == [
        ("changed", manager.name, {"fields": ["guardian_consent_on", "trained_until"]})
    ]


@pytest.mark.parametrize("changed", ["partner", "guardian_consent_on"])
def test_what_somebody_may_not_hold_any_more_goes_back_to_the_desk(client, manager, calendar, now, changed):
    school = Partner.objects.create(name="Hill School", slug="hill", kind="school")
    born = date(timezone.now().year - 16, 1, 1) if changed == "partner" else timezone.now().date() - timedelta(15 * 366)
    person = PersonFactory(born_on=born, guardian_consent_on=date(2026, 1, 1))
    question = make_question(now=now, partner=school)
    Question.objects.update(status="in_progress", holder=person)
    assert change(client, person, **{changed: school.pk if changed == "partner" else ""}).status_code == 302
    assert Question.objects.get(pk=question.pk).holder is None


def test_a_new_address_closes_the_old_one(client, manager):
    person = PersonFactory(email="old@askpeer.example")
    EmailAddress.objects.create(user=person, email="old@askpeer.example", primary=True, verified=True)
    change(client, person, email="New@askpeer.example")
    person.refresh_from_db()
    assert (person.email, EmailAddress.objects.count()) == ("new@askpeer.example", 0)


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"born_on": ""}, {"born_on": ["An advisor needs a date of birth: under 18 brings its own rules."]}),
        ({"born_on": "2020-01-01"}, {"born_on": ["Advisors are 15 or older."]}),
        ({"email": "TOM@askpeer.example"}, {"email": ["There is already somebody with this address."]}),
        ({"born_on": "0001-01-01"}, {"born_on": ["Check the date of birth: the year is too long ago."]}),
        ({"alias": "tom"}, {"alias": ["Somebody here is already called tom. Choose another alias."]}),
        (
            {"alias": "\u200b"},
            {"alias": ["Give them an alias: the name that everybody else here will see."]},
        ),
    ],
)
def test_a_person_who_could_not_be_is_refused(client, manager, values, errors):
    ManagerFactory(email="tom@askpeer.example")
    person = PersonFactory()
    response = change(client, person, **values)
    assert response.context["adminform"].form.errors == errors


def test_the_only_manager_stays_one(client, manager):
    response = change(client, manager, role="supervisor")
    assert response.context["adminform"].form.errors == {
        "role": ["This is the only manager. Make somebody else one first."]
    }


def test_no_sealed_field_and_no_password_is_on_a_persons_page(client, manager):
    person = PersonFactory()
    page = client.get(f"/admin/advisors/person/{person.pk}/change/")
    assert list(page.context["adminform"].form.fields) == [
        "alias",
        "email",
        "role",
        "deputy",
        "born_on",
        "guardian_consent_on",
        "trained_until",
        "languages",
        "partner",
        "buddy",
    ]
    assert person.password not in page.content.decode()


def test_people_are_neither_made_nor_deleted_here(client, manager):
    person = PersonFactory()
    assert client.get("/admin/advisors/person/add/").status_code == 403
    assert client.post(f"/admin/advisors/person/{person.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Person.objects.count() == 2


@pytest.mark.parametrize("path", ["", "advisors/person/"])
def test_the_site_needs_no_inline_script_or_style(client, manager, path):
    content = client.get(f"/admin/{path}").content
    inline = rb"<script(?![^>]*(?:src=|application/json))|\sstyle=|<style|\son(?:click|load|submit)="
    assert re.findall(inline, content) == []


@pytest.mark.parametrize(
    ("path", "by"),
    [
        ("questions/topic/", "label__regex=(("),
        ("questions/topic/", "keywords__contains=x"),
        ("advisors/person/", "password__startswith=a"),
        ("advisors/person/", "password__regex=((("),
        ("advisors/person/", "wrapped_key=1"),
    ],
)
def test_an_address_filters_by_nothing_that_the_list_does_not_offer(client, manager, path, by):
    assert client.get(f"/admin/{path}?{by}").status_code == 400


def test_the_lists_offer_no_action_on_several_rows(client, manager):
    topic = TopicFactory()
    client.post("/admin/questions/topic/", {"action": "delete_selected", "_selected_action": str(topic.pk)})
    assert list(Topic.objects.all()) == [topic]


def test_there_is_one_row_of_limits_and_it_is_never_deleted(client, manager, calendar):
    assert client.post("/admin/intake/intakelimits/add/", LIMITS | {"answers_a_day": 0}).status_code == 200
    for wrong in ({"full_after": 2}, {"answers_a_day": 10_001}, {"answers_a_day": 2**63 - 1}, {"answers_a_day": "x"}):
        assert client.post("/admin/intake/intakelimits/add/", LIMITS | wrong).status_code == 200
    assert IntakeLimits.objects.count() == 0
    client.post("/admin/intake/intakelimits/add/", LIMITS)
    row = IntakeLimits.objects.get()
    assert (row.taking, row.answers_a_day, row.full_after) == (True, 7, 9)
    assert client.get("/admin/intake/intakelimits/add/").status_code == 403
    assert client.post(f"/admin/intake/intakelimits/{row.pk}/delete/", {"post": "yes"}).status_code == 403


LIMITS = {"taking": "on", "answers_a_day": 7, "full_after": 9}
@pytest.mark.parametrize(("role", "ends"), [("manager", True), ("trustee", True), ("lead", False)])
def test_own_words_end_with_the_role_that_may_say_them(client, manager, calendar, now, role, ends):
    ruth, question = SupervisorFactory(), make_question(now=now)
    words = {"kind": "redirect", "code": "medical_advice", "text": "A nurse can look at this."}
    OwnWords.objects.create(round=question.round, writer=ruth, written_at=now, **words)
    assert change(client, ruth, role=role).status_code == 302
    assert (OwnWords.objects.get().ended_at is not None) == ends
    assert [row.kind for row in history.of(question.subject)] == ["own_words_dropped"] * ends


@pytest.mark.parametrize(("role", "turns"), [("manager", 2), ("trustee", 2), ("lead", 3)])
def test_turns_on_call_end_with_the_role_that_may_read_red(client, manager, calendar, role, turns):
    """What was worked stays worked: a past turn, and what has run of the one that runs."""
    ruth, now, hour = SupervisorFactory(), timezone.now(), timedelta(hours=1)
    for start in (-5, -1, 5):
        OnCall.objects.create(person=ruth, starts_at=now + start * hour, ends_at=now + (start + 2) * hour)
    assert change(client, ruth, role=role).status_code == 302
    assert len(oncall.turns()) == turns
    assert bool(rota.on_call(now=timezone.now())) == (role == "lead")
