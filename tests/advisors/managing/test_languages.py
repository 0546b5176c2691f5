"""A language is offered while there are people for it: who has to be there, the manager's page, what goes off alone."""

from datetime import date, timedelta

import pytest

from advisors.managing import languages, people
from advisors.models import Person
from advisors.signoff import leaving
from advisors.tasks import settle_languages
from askpeer import history, outbox
from askpeer.errors import Refused, Stale
from questions.intake.languages import offered
from questions.intake.models import OfferedLanguage
from questions.models import Question, Signpost, SignpostChannel
from tests.factories import LeadFactory, ManagerFactory, PersonFactory, SupervisorFactory, make_question

pytestmark = pytest.mark.django_db
BOTH = ["en", "nl"]
NO_WRITER = "Nobody who is 18 or over and may answer questions speaks Dutch now."
NO_SECOND = (
    "Whoever answers in Dutch needs two supervisors who read it beside them: one to check, and another where the first "
    "changes something. So far there is {}."
)
NO_RED = "A red answer in Dutch needs the safeguarding lead or a deputy who reads it, beside whoever wrote it."


@pytest.fixture
def tom(db):
    return ManagerFactory(alias="Tom")


@pytest.fixture
def manager(client, settings, tom):
    settings.SECOND_FACTOR = False
    client.force_login(tom)
    return tom


@pytest.fixture
def belgium(db):
    row = Signpost.objects.create(slug="112", name="112", country="BE", max_age=120, crisis=True)
    SignpostChannel.objects.create(signpost=row, kind="phone", value="112")


@pytest.fixture
def team(db):
    """The fewest who carry a language: an advisor, a supervisor and the lead."""
    return [
        PersonFactory(alias="Sam", languages=BOTH),
        SupervisorFactory(alias="Ruth", languages=BOTH),
        LeadFactory(alias="Grace", languages=BOTH),
    ]


@pytest.fixture
def on(team, belgium, tom, now):
    languages.switch_on(code="nl", country="BE", by=tom, now=now)


@pytest.mark.parametrize(
    ("people", "sentence"),
    [
        ([], NO_WRITER),
        ([PersonFactory], NO_SECOND.format("nobody")),
        ([PersonFactory, SupervisorFactory], NO_SECOND.format("one")),
        ([SupervisorFactory, LeadFactory], NO_SECOND.format("one")),
        ([PersonFactory, SupervisorFactory, SupervisorFactory], NO_RED),
        ([PersonFactory, SupervisorFactory, LeadFactory], ""),
        ([SupervisorFactory, SupervisorFactory, LeadFactory], ""),
    ],
)
def test_it_takes_who_answers_who_checks_and_who_signs_what_the_first_changed(db, now, people, sentence):
    for make in people:
        make(languages=BOTH)
    for make in (PersonFactory, SupervisorFactory, LeadFactory, LeadFactory):
        make()
    assert languages.why_not("nl", now=now) == sentence


@pytest.mark.parametrize(
    "changes",
    [
        {"is_active": False},
        {"trained_until": date(2026, 11, 15)},
        {"trained_until": None},
        {"born_on": date(2010, 1, 1)},
    ],
)
def test_an_advisor_who_cannot_answer_on_their_own_carries_no_language(team, now, changes):
    assert languages.why_not("nl", now=now) == ""
    Person.objects.filter(pk=team[0].pk).update(**changes)
    assert languages.why_not("nl", now=now) == NO_SECOND.format("one")


def test_a_deputy_signs_red_in_the_leads_place(team, now):
    Person.objects.filter(alias="Grace").update(role="supervisor", deputy=True)
    assert languages.why_not("nl", now=now) == ""


def test_switched_on_it_is_offered_with_its_country_and_the_trail_says_by_whom(on, now, tom):
    assert offered() == ["en", "nl"]
    row, event = OfferedLanguage.objects.get(), history.of("language:nl")[0]
    assert (row.country, row.since) == ("BE", now)
    assert (event.kind, event.actor, event.facts) == ("switched on", tom.name, {"country": "BE"})


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"code": "en"}, "Our screens do not speak this language."),
        ({"code": "xx"}, "Our screens do not speak this language."),
        ({"country": "FR"}, "Choose a country whose emergency number we have."),
        ({"country": ""}, "Choose a country whose emergency number we have."),
    ],
)
def test_what_cannot_be_switched_on(team, belgium, tom, now, changes, sentence):
    with pytest.raises(Refused, match=sentence):
        languages.switch_on(**({"code": "nl", "country": "BE", "by": tom, "now": now} | changes))
    assert offered() == ["en"]


def test_only_a_manager_switches(on, team, now):
    for act, more in ((languages.switch_on, {"country": "BE"}), (languages.switch_off, {})):
        with pytest.raises(Refused, match="Only a manager can do this"):
            act(code="nl", by=team[2], now=now, **more)
    assert offered() == ["en", "nl"]


def test_switched_off_its_questions_go_on_and_a_second_time_is_stale(calendar, on, tom, now):
    question = make_question(language="nl")
    languages.switch_off(code="nl", by=tom, now=now)
    with pytest.raises(Stale, match="Dutch is switched off already"):
        languages.switch_off(code="nl", by=tom, now=now)
    assert (offered(), Question.objects.get(), question.status) == (["en"], question, "new")
    assert [event.kind for event in history.of("language:nl")] == ["switched on", "switched off"]


def test_it_goes_off_when_somebody_it_needs_leaves(calendar, on, team, tom, now):
    leaving.leave(person=team[1], by=tom, now=now)
    assert offered() == ["en"]
    assert [(event.kind, event.actor) for event in history.of("language:nl")][1:] == [("switched off", "service")]


def test_it_stays_when_somebody_leaves_whom_it_does_not_need(calendar, on, tom, now):
    leaving.leave(person=SupervisorFactory(languages=BOTH), by=tom, now=now)
    assert offered() == ["en", "nl"]


def test_it_goes_off_the_day_after_training_ran_out(on, team, now):
    Person.objects.filter(pk=team[0].pk).update(trained_until=now.date())
    languages.settle(now=now)
    assert offered() == ["en", "nl"]
    languages.settle(now=now + timedelta(days=1))
    assert offered() == ["en"]
    languages.settle(now=now + timedelta(days=1))
    assert len(history.of("language:nl")) == 2


def test_beat_looks_by_itself(on, team, calendar):
    Person.objects.filter(pk=team[0].pk).update(trained_until=date(2020, 1, 1))
    settle_languages()
    assert offered() == ["en"]


def form(person, **changes):
    return {"seen": people.mark(Person.objects.get(pk=person.pk), "work")} | changes


def test_a_persons_page_says_who_answers_in_what_and_english_goes_without_saying(client, manager, calendar, team):
    sam = team[0]
    path = f"/manage/people/{sam.pk}/"
    html = client.get(path).content.decode()
    assert (html.count('name="spoken"'), 'value="en"' in html.split('name="spoken"')[1][:60]) == (1, False)
    for ticked, kept in ((["nl"], BOTH), ([], ["en"])):
        assert client.post(f"{path}work/", form(sam, spoken=ticked)).status_code == 302
        assert Person.objects.get(pk=sam.pk).languages == kept
    assert [event.facts for event in history.of(sam.name)] == [{"fields": ["languages"]}]


def test_who_unticks_a_language_switches_it_off_with_that_where_it_needs_them(client, manager, calendar, on, team):
    assert client.post(f"/manage/people/{team[0].pk}/work/", form(team[0])).status_code == 302
    assert offered() == ["en"]


def test_the_page_says_who_speaks_it_and_why_it_cannot_be_on_and_what_waits(client, manager, calendar, now):
    SupervisorFactory(alias="Ruth", languages=BOTH, deputy=True)
    for status in ("new", "open", "answered"):
        question = make_question(language="nl")
        Question.objects.filter(pk=question.pk).update(status=status)
    html = client.get("/manage/languages/").content.decode()
    for said in ("Dutch: off", "<li>Ruth, supervisor, deputy</li>", "2 questions in it wait for an answer."):
        assert html.count(said) == 1
    assert html.count(NO_SECOND.format("nobody")) == 1
    assert "Switch Dutch on" not in html


def test_the_manager_switches_it_on_and_off(client, manager, calendar, team, belgium):
    assert client.get("/manage/languages/").content.decode().count('<option value="BE">Belgium</option>') == 1
    response = client.post("/manage/languages/nl/on/", {"country": "BE"}, follow=True)
    assert "Dutch: on" in response.content.decode()
    response = client.post("/manage/languages/nl/off/", follow=True)
    assert ("Dutch: off" in response.content.decode(), offered()) == (True, ["en"])


@pytest.mark.parametrize(
    ("path", "sent", "status", "sentence"),
    [
        ("nl/on/", {}, 422, "Choose a country."),
        ("nl/on/", {"country": "ZZ"}, 422, "Choose a country from the list."),
        ("xx/on/", {"country": "BE"}, 422, "Our screens do not speak this language."),
        ("nl/off/", {}, 409, "Dutch is switched off already."),
        ("xx/off/", {}, 422, "Our screens do not speak this language."),
    ],
)
def test_a_refusal_comes_back_as_a_sentence(client, manager, calendar, team, belgium, path, sent, status, sentence):
    response = client.post(f"/manage/languages/{path}", sent)
    assert (response.status_code, sentence in response.content.decode()) == (status, True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_and_for_three(db, calendar, now, count, django_assert_num_queries):
    for _ in range(count):
        SupervisorFactory(languages=BOTH)
        make_question(language="nl")
    with django_assert_num_queries(3):
        assert len(languages.standing(now=now)[0].speakers) == count


@pytest.mark.parametrize("make", [PersonFactory, SupervisorFactory, LeadFactory])
def test_the_page_is_the_managers_alone(client, settings, make):
    settings.SECOND_FACTOR = False
    assert client.get("/manage/languages/").status_code == 302
    client.force_login(make())
    assert [client.get("/manage/languages/").status_code, client.post("/manage/languages/nl/off/").status_code] == [
        403,
        403,
    ]


def test_managers_are_told_of_a_language_that_went_off_by_itself_unless_it_is_on_again(on, tom, team, now, mailoutbox):
    Person.objects.filter(pk=team[0].pk).update(is_active=False)
    languages.settle(now=now)
    outbox.relay(now=now)
    [letter] = mailoutbox
    assert (letter.to, letter.subject) == ([tom.email], "A language is switched off")
    Person.objects.filter(pk=team[0].pk).update(is_active=True)
    languages.switch_on(code="nl", country="BE", by=tom, now=now)
    Person.objects.filter(pk=team[0].pk).update(is_active=False)
    languages.settle(now=now + timedelta(hours=1))
    Person.objects.filter(pk=team[0].pk).update(is_active=True)
    languages.switch_on(code="nl", country="BE", by=tom, now=now + timedelta(hours=1))
    outbox.relay(now=now + timedelta(hours=1))
    assert len(mailoutbox) == 1


def test_a_case_about_staff_is_none_of_those_that_wait(now, team, belgium):
    for about in (False, False, True):
        make_question(now=now, language="nl", about_staff=about)
    assert [(row.code, row.waiting) for row in languages.standing(now=now)] == [("nl", 2)]
