"""The managers' settings under /admin/: limits, topics and people, and nothing else."""

import re
from datetime import date, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from advisors.drafting import claiming, writing
from advisors.duty import rota
from advisors.models import Person
from advisors.signoff import leaving, reading, reviewing, triaging
from advisors.signoff.models import Approval, OwnWords
from askpeer import history
from askpeer.errors import Refused
from questions.intake import oncall
from questions.intake.models import IntakeLimits, OnCall
from questions.models import Question, Topic
from questions.partners.models import Partner
from tests.factories import (
    FINE,
    LeadFactory,
    ManagerFactory,
    PersonFactory,
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


def test_the_site_holds_limits_topics_and_people_and_nothing_else(client, manager):
    groups = client.get("/admin/").context["app_list"]
    assert sorted(model["object_name"] for group in groups for model in group["models"]) == [
        "IntakeLimits",
        "Person",
        "Topic",
    ]
    elsewhere = ("askpeer/servicecalendar/", "intake/oncall/")  # of which there are pages with rules of their own
    for path in (*elsewhere, "mfa/authenticator/", "account/emailaddress/", "auth/group/", "questions/question/"):
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


@pytest.mark.parametrize("path", ["", "intake/intakelimits/add/", "questions/topic/add/", "advisors/person/"])
def test_the_site_needs_no_inline_script_or_style(client, manager, path):
    content = client.get(f"/admin/{path}").content
    inline = rb"<script(?![^>]*(?:src=|application/json))|\sstyle=|<style|\son(?:click|load|submit)="
    assert re.findall(inline, content) == []


def test_a_topic_keeps_its_slug_by_which_boundaries_know_it(client, manager):
    topic = TopicFactory(slug="food")
    form = {"label": "Food and body", "slug": "food-body", "position": 3}
    assert client.post(f"/admin/questions/topic/{topic.pk}/change/", form).status_code == 302
    topic.refresh_from_db()
    assert (topic.label, topic.slug) == ("Food and body", "food")


def test_a_topic_that_a_question_has_is_not_deleted(client, manager, calendar, now):
    used, unused = TopicFactory(), TopicFactory()
    make_question(now=now, topic=used)
    answers = [client.post(f"/admin/questions/topic/{row.pk}/delete/", {"post": "yes"}) for row in (used, unused)]
    assert [response.status_code for response in answers] == [403, 302]
    assert list(Topic.objects.all()) == [used]


@pytest.mark.parametrize(
    ("path", "by"),
    [
        ("advisors/person/", "password__startswith=a"),
        ("advisors/person/", "password__regex=((("),
        ("advisors/person/", "wrapped_key=1"),
        ("questions/topic/", "label__regex=(("),
        ("questions/topic/", "keywords__contains=x"),
    ],
)
def test_an_address_filters_by_nothing_that_the_list_does_not_offer(client, manager, path, by):
    assert client.get(f"/admin/{path}?{by}").status_code == 400


def test_the_lists_offer_no_action_on_several_rows(client, manager):
    PersonFactory()
    for path in ("advisors/person/", "questions/topic/"):
        client.post(f"/admin/{path}", {"action": "delete_selected", "_selected_action": "abc"})
    assert Person.objects.count() == 2
    assert client.get("/admin/advisors/person/?role__exact=advisor").status_code == 200


@pytest.mark.parametrize(
    ("role", "ends"), [("manager", True), ("trustee", True), ("advisor", True), ("lead", False), ("supervisor", False)]
)
def test_who_reviews_no_more_has_signed_nothing_that_still_waits(client, manager, calendar, now, role, ends):
    advisor, omar, ruth = PersonFactory(), SupervisorFactory(), keep_on_duty(SupervisorFactory())
    question = make_question(text="I eat lunch alone at my new school.", now=now)
    triaging.pass_on(question=question, version=1, summary="Home.", content_notes=[], by=ruth, now=now)
    claiming.claim(question=question, by=advisor, version=2, now=now)
    values = {"question": question, "kind": "answer", "by": advisor, "now": now}
    writing.save(text="Hi.", details=["lunch alone", "new school"], base=0, **values)
    writing.submit(base=1, version=3, **values)
    Question.objects.update(level="red")
    draft = reading.draft_in_review(Question.objects.get())
    reviewing.approve(draft=draft, number=1, by=omar, now=now, marks=FINE)
    assert change(client, omar, role=role, born_on="1990-05-01").status_code == 302
    assert (Approval.objects.get().voided_at is not None) == ends


def test_who_turns_out_to_be_under_18_lets_go_of_what_is_too_heavy(client, manager, calendar, now):
    advisor, supervisor = PersonFactory(), keep_on_duty(SupervisorFactory())
    question = make_question(now=now, level="amber")
    triaging.pass_on(question=question, version=1, summary="Home.", content_notes=[], by=supervisor, now=now)
    claiming.claim(question=question, by=advisor, version=question.version, now=now)
    assert change(client, advisor, born_on="2010-01-01").status_code == 302
    assert (Question.objects.get().status, Question.objects.get().holder) == ("open", None)


def test_the_only_lead_stays_one(client, manager, settings):
    lead = LeadFactory()
    response = change(client, lead, role="supervisor")
    sentence = "This is the only safeguarding lead, who alone reads about colleagues. Add a second first."
    assert response.context["adminform"].form.errors == {"role": [sentence]}
    with pytest.raises(Refused, match="only safeguarding lead"):
        leaving.leave(person=lead, by=manager, now=timezone.now())
    LeadFactory()
    assert change(client, lead, role="supervisor").status_code == 302


def test_who_is_or_was_the_lead_is_never_a_trustee(client, manager):
    lead, _ = LeadFactory(), LeadFactory()
    sentence = "Trustees read what is about the safeguarding lead, so nobody who is or was one can be a trustee."
    for role, problems in (("trustee", {"role": [sentence]}), ("supervisor", None), ("trustee", {"role": [sentence]})):
        response = change(client, lead, role=role)
        assert (response.context["adminform"].form.errors if response.context else None) == problems
        lead.refresh_from_db()
    assert (lead.role, lead.was_lead) == ("supervisor", True)
    other = SupervisorFactory()
    assert change(client, other, role="trustee").status_code == 302


def test_who_writes_no_more_lets_go_of_everything(client, manager, calendar, now):
    advisor, supervisor = PersonFactory(), keep_on_duty(SupervisorFactory())
    question = make_question(now=now)
    triaging.pass_on(question=question, version=1, summary="School.", content_notes=[], by=supervisor, now=now)
    claiming.claim(question=question, by=advisor, version=question.version, now=now)
    assert change(client, advisor, role="manager").status_code == 302
    assert (Question.objects.get().status, Question.objects.get().holder) == ("open", None)


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
