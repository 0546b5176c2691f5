"""The page of one person: what a manager changes there, what that lets go of, and what is refused."""

import re
from datetime import date, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from advisors.drafting import claiming, writing
from advisors.drafting.models import Draft, DraftVersion, Recusal
from advisors.duty import rota
from advisors.duty.models import OnDuty, Shift
from advisors.managing import people
from advisors.models import Person
from advisors.signoff import leaving, reading, reviewing, triaging
from advisors.signoff.models import Approval, OwnWords
from askpeer import history
from askpeer.errors import Misfit, Refused
from questions.intake import oncall
from questions.intake.models import OnCall
from questions.models import Question
from questions.partners.models import Partner
from tests.advisors.managing.reading import shown
from tests.factories import (
    FINE,
    LeadFactory,
    ManagerFactory,
    PersonFactory,
    SupervisorFactory,
    TrusteeFactory,
    keep_on_duty,
    make_question,
)

pytestmark = pytest.mark.django_db
ONLY_MANAGER = (
    "Tom is the only manager: nobody could invite people, change hours or end accounts then. Make somebody else a "
    "manager first."
)
NO_NUMBER = "Leave the number out: no certificate's number is kept here. Days go into their own boxes."
AGELESS = "An advisor needs a date of birth: under 18 brings its own rules."
NOBODY = people.NO_BUDDY


def sent(person, part):
    """What the form of a part sends where nothing is typed."""
    row = Person.objects.get(pk=person.pk)
    values = {name.removesuffix("_id"): getattr(row, name) for name in people.PARTS[part]}
    if part == "work":
        values["spoken"] = [code for code in values.pop("languages") if code != "en"]
    ticked = {name: value for name, value in values.items() if value not in (None, False)}
    return {name: "on" if value is True else value for name, value in ticked.items()} | {"seen": people.mark(row, part)}


def change(client, person, part, **values):
    return client.post(f"/manage/people/{person.pk}/{part}/", sent(person, part) | values)


def problems(response, part):
    return {name: list(said) for name, said in response.context["forms"][part].errors.items()}


def trail(person):
    return [(entry.kind, entry.actor, entry.facts) for entry in history.of(person.name)]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_says_what_each_needs_in_one_read(client, tom, calendar, count, django_assert_num_queries):
    client.get("/manage/people/")
    for number in range(count):
        PersonFactory(alias=f"Ash {number}", trained_until=date(2027, 6, 1), vetted_until=date(2027, 5, 1))
    with django_assert_num_queries(3):  # session, the manager, everybody
        page = client.get("/manage/people/")
    rows = [row for row in page.context["rows"] if row.person.alias.startswith("Ash")]
    assert [(row.training, row.checks, row.consent) for row in rows] == [
        (("until 1 June 2027", False), ("until 1 May 2027", False), None)
    ] * count


def test_the_list_tells_what_is_missing_and_whoever_has_left_comes_last(client, tom, calendar, clock):
    PersonFactory(alias="Kim", born_on=date(2011, 1, 1), buddy=None, trained_until=date(2026, 11, 15), vetted_on=None)
    PersonFactory(alias="Sam", trained_until=None, vetted_on=None, leaving_on=date(2026, 12, 24))
    SupervisorFactory(alias="Abe", is_active=False)
    client.force_login(tom)
    words = shown(client.get("/manage/people/"))
    assert words.partition("under 16. ")[2].strip() == (
        "Kim Advisor, since November 2026 Training Ran out on 15 November 2026 Consent Missing "
        "Sam Advisor, since November 2026 Training Not passed yet Checks Not recorded Leaving 24 December 2026 "
        "Tom Manager, since November 2026 Checks Seen This is you "
        "Abe Supervisor, since November 2026 Has left"
    )


@pytest.mark.parametrize(
    ("born", "on", "needs"),
    [(date(2010, 11, 16), date(2026, 11, 15), True), (date(2010, 11, 16), date(2026, 11, 16), False)],
)
def test_a_consent_is_asked_for_until_the_day_they_are_16(client, tom, calendar, clock, born, on, needs):
    kim = PersonFactory(born_on=born)
    clock.move_to(f"{on}T12:00:00+00:00")
    client.force_login(tom)
    row = client.get(f"/manage/people/{kim.pk}/").context["row"]
    assert (row.consent is not None, row.checks) == (needs, None)


def test_consent_and_checks_are_recorded_without_their_values_in_the_trail(client, tom, calendar):
    person = PersonFactory(guardian_consent_on=None)
    assert change(client, person, "age", guardian_consent_on="2026-11-01").status_code == 302
    checks = {"vetting": "Enhanced check,  two references", "vetted_on": "2026-11-02", "vetted_until": "2029-11-02"}
    assert change(client, person, "checks", **checks).status_code == 302
    person.refresh_from_db()
    assert (person.guardian_consent_on, person.vetted_on, person.vetted_until, person.vetting) == (
        date(2026, 11, 1),
        date(2026, 11, 2),
        date(2029, 11, 2),
        "Enhanced check, two references",
    )
    assert trail(person) == [
        ("changed", tom.name, {"fields": ["guardian_consent_on"]}),
        ("changed", tom.name, {"fields": ["vetted_on", "vetted_until", "vetting"]}),
    ]


def test_where_nothing_differs_nothing_is_written(client, tom, calendar):
    person = PersonFactory(vetting="Seen")
    answers = [change(client, person, part).status_code for part in people.PARTS]
    assert (answers, trail(person)) == ([302] * 5, [])


@pytest.mark.parametrize(
    "vetting", ["DBS 001234567890", "DBS 0012 3456 7890", "no. 12-34-56", "٠٠١٢٣٤٥٦", "seen 2026-11-02"]
)
def test_the_number_of_a_certificate_is_not_kept(client, tom, calendar, vetting):
    person = PersonFactory(vetting="", vetted_on=None)
    response = change(client, person, "checks", vetting=vetting, vetted_on="2026-11-02")
    assert (response.status_code, problems(response, "checks")) == (422, {"vetting": [NO_NUMBER]})
    assert response.content.decode().count(f'value="{vetting}"') == 1
    assert Person.objects.get(pk=person.pk).vetting == ""


@pytest.mark.parametrize("vetting", ["DBS 12345", "2 references, 1999 and 2024"])
def test_five_digits_are_no_number_of_a_certificate(client, tom, calendar, vetting):
    person = PersonFactory(vetting="")
    assert change(client, person, "checks", vetting=vetting).status_code == 302
    assert Person.objects.get(pk=person.pk).vetting == vetting


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"vetting": ""}, {"vetting": ["Say which checks you saw."]}),
        (
            {"vetted_on": ""},
            {"vetted_on": ["Say on which day you saw the checks. To take them off, empty all three."]},
        ),
        ({"vetted_on": "2026-11-17"}, {"vetted_on": ["Checks cannot have been seen on a day that is still ahead."]}),
        (
            {"vetted_until": "2026-11-16"},
            {"vetted_until": ["The day they are due again comes after the day you saw them."]},
        ),
        ({"vetted_on": "soon"}, {"vetted_on": ["Write the day like 2027-02-28."]}),
        ({"vetting": "v" * 81}, {"vetting": ["This can have 80 characters at most. It has 81."]}),
        ({"vetting": "a\0b"}, {"vetting": ["Null characters are not allowed."]}),
    ],
)
def test_checks_that_will_not_do_are_refused(client, tom, calendar, clock, values, errors):
    person = PersonFactory(vetting="Seen", vetted_on=date(2026, 11, 16), vetted_until=date(2026, 11, 17))
    client.force_login(tom)
    response = change(client, person, "checks", **values)
    assert (response.status_code, problems(response, "checks"), trail(person)) == (422, errors, [])


def test_checks_are_taken_off_by_emptying_all_three(client, tom, calendar):
    person = PersonFactory(vetting="Seen", vetted_until=date(2099, 1, 1))
    values = {"vetting": "", "vetted_on": "", "vetted_until": ""}
    assert change(client, person, "checks", **values).status_code == 302
    person.refresh_from_db()
    assert (person.vetted_on, person.vetted_until, person.vetting) == (None, None, "")


@pytest.mark.parametrize("changed", ["partner", "guardian_consent_on"])
def test_what_somebody_may_not_hold_any_more_goes_back_to_the_desk(client, tom, calendar, now, changed):
    school = Partner.objects.create(name="Hill School", slug="hill", kind="school")
    born = date(timezone.now().year - 16, 1, 1) if changed == "partner" else timezone.now().date() - timedelta(15 * 366)
    person = PersonFactory(born_on=born, guardian_consent_on=date(2026, 1, 1), buddy=None)
    question = make_question(now=now, partner=school)
    Question.objects.update(status="in_progress", holder=person)
    part, value = ("work", school.pk) if changed == "partner" else ("age", "")
    assert change(client, person, part, **{changed: value}).status_code == 302
    assert Question.objects.get(pk=question.pk).holder is None


def test_a_new_address_closes_the_old_one(client, tom, calendar):
    person = PersonFactory(email="old@askpeer.example")
    EmailAddress.objects.create(user=person, email="old@askpeer.example", primary=True, verified=True)
    change(client, person, "who", email="New@askpeer.example")
    person.refresh_from_db()
    assert (person.email, EmailAddress.objects.count()) == ("new@askpeer.example", 0)


@pytest.mark.parametrize(
    ("part", "values", "errors"),
    [
        ("age", {"born_on": ""}, {"born_on": [AGELESS]}),
        ("age", {"born_on": "2020-01-01"}, {"born_on": ["Advisors are 15 or older."]}),
        ("age", {"born_on": "0001-01-01"}, {"born_on": ["Check the date of birth: the year is too long ago."]}),
        ("age", {"born_on": "x"}, {"born_on": ["Write the day like 2027-02-28."]}),
        (
            "age",
            {"guardian_consent_on": "2100-01-01"},
            {"guardian_consent_on": ["A consent cannot be from a day that is still ahead."]},
        ),
        ("who", {"email": "TOM@askpeer.example"}, {"email": ["There is already somebody with this address."]}),
        ("who", {"email": "nowhere"}, {"email": ["Check the address: it should look like name@example.org."]}),
        ("who", {"alias": "tom"}, {"alias": ["Somebody here is already called tom. Choose another alias."]}),
        ("who", {"alias": "\u200b"}, {"alias": ["Give them an alias: the name that everybody else here will see."]}),
        ("who", {"alias": "a\0b"}, {"alias": ["Null characters are not allowed."]}),
        ("who", {"alias": "a" * 200_000}, {"alias": ["This can have 40 characters at most. It has 200000."]}),
        ("role", {"role": "king"}, {"role": ["Choose a role from the list."]}),
        (
            "role",
            {"deputy": "on"},
            {"deputy": ["Only a supervisor is the lead's deputy. Untick it, or leave them a supervisor."]},
        ),
        ("work", {"spoken": ["xx"]}, {"spoken": ["Choose languages from the list."]}),
        ("work", {"partner": "7"}, {"partner": ["Choose a partner from the list."]}),
        ("work", {"buddy": "7"}, {"buddy": ["Choose a buddy from the list."]}),
    ],
)
def test_a_person_who_could_not_be_is_refused(client, tom, calendar, part, values, errors):
    Person.objects.filter(pk=tom.pk).update(email="tom@askpeer.example")
    person = PersonFactory()
    response = change(client, person, part, **values)
    assert (response.status_code, problems(response, part), trail(person)) == (422, errors, [])
    assert response.content.decode().count("There is a problem") == 1
    assert response.content.decode().count("<details open>") == 1


@pytest.mark.parametrize("who", ["self", "young", "left", "trustee"])
def test_a_buddy_is_somebody_else_grown_up_who_is_here(client, tom, calendar, now, who):
    person = PersonFactory()
    buddy = {
        "self": lambda: person,
        "young": lambda: PersonFactory(born_on=timezone.now().date() - timedelta(days=17 * 365)),
        "left": lambda: SupervisorFactory(is_active=False),
        "trustee": TrusteeFactory,
    }[who]()
    response = change(client, person, "work", buddy=buddy.pk)
    assert problems(response, "work") == {"buddy": ["Choose a buddy from the list."]}
    work = {"spoken": [], "partner": None, "buddy": buddy, "seen": people.mark(person, "work")}
    with pytest.raises(Refused, match=NOBODY):
        people.set_work(person=person, by=tom, now=timezone.now(), **work)


@pytest.mark.parametrize(("born", "may"), [(date(2008, 11, 16), True), (date(2008, 11, 17), False)])
def test_a_buddy_is_18_from_that_birthday_on(calendar, now, born, may):
    buddy, person = PersonFactory(born_on=born), PersonFactory()
    assert people.buddies(person, now=now).filter(pk=buddy.pk).exists() == may


@pytest.mark.parametrize(
    ("make", "values", "may"),
    [
        (PersonFactory, {"vetted_on": None}, False),
        (SupervisorFactory, {"vetted_on": None}, False),
        (SupervisorFactory, {"vetted_until": date(2026, 11, 15)}, False),
        (SupervisorFactory, {"vetted_until": date(2026, 11, 16), "trained_until": None}, True),
        (PersonFactory, {"trained_until": None}, False),
        (PersonFactory, {"trained_until": date(2026, 11, 15)}, False),
        (PersonFactory, {"trained_until": date(2026, 11, 16)}, True),
    ],
)
def test_a_buddy_is_checked_and_an_advisor_trained(calendar, now, make, values, may):
    buddy, person = make(**values), PersonFactory()
    assert people.buddies(person, now=now).filter(pk=buddy.pk).exists() == may


def test_who_turns_out_to_be_under_18_is_nobodys_buddy(client, tom, calendar):
    buddy = PersonFactory()
    person = PersonFactory(buddy=buddy)
    assert change(client, buddy, "age", born_on=timezone.now().date() - timedelta(days=17 * 365)).status_code == 302
    assert Person.objects.get(pk=person.pk).buddy is None


@pytest.mark.parametrize("role", ["supervisor", "lead", "trustee", "manager"])
@pytest.mark.parametrize(("born", "refused"), [(date(2008, 11, 17), True), (date(2008, 11, 16), False)])
def test_who_is_under_18_stays_an_advisor_until_that_birthday(tom, calendar, now, role, born, refused):
    kim = PersonFactory(alias="Kim", born_on=born)
    give = {"person": kim, "role": role, "deputy": False, "seen": people.mark(kim, "role"), "by": tom, "now": now}
    if refused:
        with pytest.raises(Misfit, match=r"Kim is under 18, and only advisors can be\."):
            people.set_role(**give)
    else:
        people.set_role(**give)
    assert Person.objects.get(pk=kim.pk).role == ("advisor" if refused else role)


@pytest.mark.parametrize("make", [SupervisorFactory, LeadFactory, TrusteeFactory, ManagerFactory])
@pytest.mark.parametrize(("born", "refused"), [(date(2008, 11, 17), True), (date(2008, 11, 16), False)])
def test_who_turns_out_to_be_under_18_is_made_an_advisor_first(tom, calendar, now, make, born, refused):
    ruth = make(alias="Ruth")
    day = {"person": ruth, "born_on": born, "guardian_consent_on": None, "seen": people.mark(ruth, "age")}
    if refused:
        with pytest.raises(Misfit, match=r"Only advisors can be under 18. Make Ruth an advisor first."):
            people.set_age(**day, by=tom, now=now)
    else:
        people.set_age(**day, by=tom, now=now)
    assert Person.objects.get(pk=ruth.pk).born_on == (None if refused else born)


@pytest.mark.parametrize(
    ("role", "stays"), [("advisor", True), ("supervisor", True), ("lead", True), ("trustee", False), ("manager", False)]
)
def test_who_neither_writes_nor_checks_any_more_is_nobodys_buddy(client, tom, calendar, role, stays):
    buddy = PersonFactory()
    person = PersonFactory(buddy=buddy)
    change(client, buddy, "role", role=role)
    assert Person.objects.get(pk=person.pk).buddy == (buddy if stays else None)


def test_the_only_manager_stays_one_and_reads_what_it_would_have_done(client, tom, calendar):
    response = change(client, tom, "role", role="supervisor")
    assert problems(response, "role") == {"role": [ONLY_MANAGER]}
    client.force_login(ManagerFactory())
    assert change(client, tom, "role", role="supervisor").status_code == 302
    assert Person.objects.get(pk=tom.pk).role == "supervisor"


@pytest.mark.parametrize("role", ["supervisor", "lead", "trustee", "advisor"])
def test_nobody_gives_themselves_another_role(client, tom, calendar, role):
    ManagerFactory()
    response = change(client, tom, "role", role=role)
    assert problems(response, "role") == {"role": ["Another manager has to do this for you."]}
    assert (Person.objects.get(pk=tom.pk).role, trail(tom)) == ("manager", [])


def test_of_two_managers_who_take_the_role_from_each_other_one_is_left(tom, calendar, now):
    mia = ManagerFactory(alias="Mia")
    demote = {"role": "supervisor", "deputy": False, "now": now}
    people.set_role(person=mia, by=tom, seen=people.mark(mia, "role"), **demote)
    with pytest.raises(Refused, match="Only a manager can do this"):
        people.set_role(person=tom, by=mia, seen=people.mark(tom, "role"), **demote)
    assert list(Person.objects.filter(role="manager")) == [tom]


def test_of_two_managers_who_end_each_other_one_is_left(tom, calendar, now):
    mia = ManagerFactory(alias="Mia")
    leaving.leave(person=mia, by=tom, now=now)
    mia.is_active = True  # as her own request still has it
    with pytest.raises(Refused, match="Only a manager can do this"):
        leaving.leave(person=tom, by=mia, now=now)
    assert Person.objects.get(pk=tom.pk).is_active


def test_a_page_that_is_too_old_shows_what_is_there_and_keeps_what_was_typed(client, tom, calendar):
    person = PersonFactory(alias="Sam")
    old = sent(person, "who")
    change(client, person, "who", alias="Samira")
    response = client.post(f"/manage/people/{person.pk}/who/", old | {"alias": "Sammy"})
    assert response.status_code == 409
    words = shown(response)
    assert words.count("Someone else was a moment faster. Here is how it stands now.") == 1
    assert words.count("Alias Samira") == 1
    form = response.context["forms"]["who"]
    assert (form["alias"].value(), form["seen"].value()) == (
        "Sammy",
        people.mark(Person.objects.get(pk=person.pk), "who"),
    )
    assert change(client, person, "who", alias="Sammy").status_code == 302


@pytest.mark.parametrize("part", people.PARTS)
@pytest.mark.parametrize("seen", ["", "x" * 41, "x"])
def test_a_form_that_does_not_say_what_it_saw_changes_nothing(client, tom, calendar, part, seen):
    person = PersonFactory()
    response = change(client, person, part, seen=seen)
    assert response.status_code == (409 if seen == "x" else 422)
    assert trail(person) == []


@pytest.mark.parametrize("part", people.PARTS)
def test_nothing_is_changed_of_somebody_who_has_left(client, tom, calendar, part):
    person = PersonFactory(alias="Sam", is_active=False)
    response = change(client, person, part)
    assert (response.status_code, trail(person)) == (409, [])
    assert shown(response).count("Sam has left, so nothing of theirs is changed any more.") == 2


@pytest.mark.parametrize("part", people.PARTS)
def test_a_button_answers_no_link_and_nobody_elses_press(client, tom, calendar, part):
    person = PersonFactory()
    path = f"/manage/people/{person.pk}/{part}/"
    assert client.get(path).status_code == 405
    client.force_login(SupervisorFactory())
    assert client.post(path, sent(person, part)).status_code == 403


def test_no_sealed_field_and_no_password_is_on_a_persons_page(client, tom, calendar):
    person = PersonFactory(boundaries='{"grief": "never"}')
    page = client.get(f"/manage/people/{person.pk}/").content.decode()
    names = re.findall(r'name="(\w+)"', page.partition("<main")[2])
    assert set(names) - {"csrfmiddlewaretoken", "seen"} == {
        "alias",
        "email",
        "role",
        "deputy",
        "born_on",
        "guardian_consent_on",
        "vetting",
        "vetted_on",
        "vetted_until",
        "spoken",
        "partner",
        "buddy",
    }
    assert (page.count(person.password), page.count("grief")) == (0, 0)


@pytest.mark.parametrize(
    ("role", "ends"), [("manager", True), ("trustee", True), ("advisor", True), ("lead", False), ("supervisor", False)]
)
def test_who_reviews_no_more_has_signed_nothing_that_still_waits(client, tom, calendar, now, role, ends):
    advisor, ruth = PersonFactory(), keep_on_duty(SupervisorFactory())
    omar = SupervisorFactory(born_on=date(1990, 5, 1))
    question = make_question(text="I eat lunch alone at my new school.", now=now)
    triaging.pass_on(question=question, version=1, summary="Home.", content_notes=[], by=ruth, now=now)
    claiming.claim(question=question, by=advisor, version=2, now=now)
    values = {"question": question, "kind": "answer", "by": advisor, "now": now}
    writing.save(text="Hi.", details=["lunch alone", "new school"], base=0, **values)
    writing.submit(base=1, version=3, **values)
    Question.objects.update(level="red")
    draft = reading.draft_in_review(Question.objects.get())
    reviewing.approve(draft=draft, number=1, by=omar, now=now, marks=FINE)
    assert change(client, omar, "role", role=role).status_code == 302
    assert (Approval.objects.get().voided_at is not None) == ends


def test_who_turns_out_to_be_under_18_lets_go_of_what_is_too_heavy(client, tom, calendar, now):
    advisor, supervisor = PersonFactory(), keep_on_duty(SupervisorFactory())
    question = make_question(now=now, level="amber")
    triaging.pass_on(question=question, version=1, summary="Home.", content_notes=[], by=supervisor, now=now)
    claiming.claim(question=question, by=advisor, version=question.version, now=now)
    assert change(client, advisor, "age", born_on="2010-01-01").status_code == 302
    assert (Question.objects.get().status, Question.objects.get().holder) == ("open", None)


def test_the_only_lead_stays_one(client, tom, calendar):
    lead = LeadFactory()
    response = change(client, lead, "role", role="supervisor")
    sentence = "This is the only safeguarding lead, who alone reads about colleagues. Add a second first."
    assert problems(response, "role") == {"role": [sentence]}
    with pytest.raises(Refused, match="only safeguarding lead"):
        leaving.leave(person=lead, by=tom, now=timezone.now())
    LeadFactory()
    assert change(client, lead, "role", role="supervisor").status_code == 302


def test_the_only_trustee_stays_one(client, tom, calendar):
    trustee = TrusteeFactory()
    sentence = "This is the only trustee, who alone reads about the safeguarding lead. Add a second first."
    assert problems(change(client, trustee, "role", role="supervisor"), "role") == {"role": [sentence]}


def test_who_is_or_was_the_lead_is_never_a_trustee(client, tom, calendar):
    lead, _ = LeadFactory(), LeadFactory()
    sentence = "Trustees read what is about the safeguarding lead, so nobody who is or was one can be a trustee."
    for role, refused in (("trustee", True), ("supervisor", False), ("trustee", True)):
        response = change(client, lead, "role", role=role)
        assert (problems(response, "role") if refused else response.status_code) == (
            {"role": [sentence]} if refused else 302
        )
        lead.refresh_from_db()
    assert (lead.role, lead.was_lead) == ("supervisor", True)
    assert change(client, SupervisorFactory(), "role", role="trustee").status_code == 302


def test_nobody_without_a_date_of_birth_becomes_an_advisor(client, tom, calendar):
    ruth = SupervisorFactory()
    assert problems(change(client, ruth, "role", role="advisor"), "role") == {"role": [AGELESS]}


def test_who_writes_no_more_lets_go_of_everything(client, tom, calendar, now):
    advisor, supervisor = PersonFactory(), keep_on_duty(SupervisorFactory())
    question = make_question(now=now)
    triaging.pass_on(question=question, version=1, summary="School.", content_notes=[], by=supervisor, now=now)
    claiming.claim(question=question, by=advisor, version=question.version, now=now)
    assert change(client, advisor, "role", role="manager").status_code == 302
    assert (Question.objects.get().status, Question.objects.get().holder) == ("open", None)


@pytest.mark.parametrize(("role", "ends"), [("manager", True), ("trustee", True), ("lead", False)])
def test_own_words_end_with_the_role_that_may_say_them(client, tom, calendar, now, role, ends):
    ruth, question = SupervisorFactory(), make_question(now=now)
    words = {"kind": "redirect", "code": "medical_advice", "text": "A nurse can look at this."}
    OwnWords.objects.create(round=question.round, writer=ruth, written_at=now, **words)
    assert change(client, ruth, "role", role=role).status_code == 302
    assert (OwnWords.objects.get().ended_at is not None) == ends
    assert [row.kind for row in history.of(question.subject)] == ["own_words_dropped"] * ends


@pytest.mark.parametrize("about_staff", [False, True])
def test_what_goes_back_with_a_role_is_said_by_number(client, tom, calendar, now, about_staff):
    """Of cases about staff nothing, and where nothing went back, nothing."""
    lead, hour = LeadFactory(), timedelta(hours=1)
    LeadFactory()
    question = make_question(now=now)
    Question.objects.update(about_staff=about_staff, status="in_progress", holder=lead)
    words = {"kind": "redirect", "code": "medical_advice", "text": "A nurse can look at this."}
    OwnWords.objects.create(round=question.round, writer=lead, written_at=now, **words)
    draft = Draft.objects.create(round=question.round)
    version = DraftVersion.objects.create(draft=draft, number=1, writer=tom, text="Hello.", saved_at=now)
    Approval.objects.create(version=version, writer=tom, approver=lead, at=now, digest=b"x" * 32)
    for kind in (Shift, OnCall):
        starts_at = timezone.now() + 5 * hour
        kind.objects.create(person=lead, starts_at=starts_at, ends_at=starts_at + hour)
    change(client, lead, "role", role="manager")
    told = (
        "1 question they held went back to the queue. 1 signature of theirs is void. "
        "1 text of theirs that waited for a second person ended unsent. "
    )
    said = f"Kept. {'' if about_staff else told}2 turns of theirs are off the rota."
    page = client.get(f"/manage/people/{lead.pk}/")
    assert [str(message) for message in page.context["messages"]] == [said]
    change(client, lead, "role", role="supervisor")
    page = client.get(f"/manage/people/{lead.pk}/")
    assert [str(message) for message in page.context["messages"]] == ["Kept."]
    assert Approval.objects.filter(voided_at=None).count() + OwnWords.objects.filter(ended_at=None).count() == 0


@pytest.mark.parametrize(("role", "turns"), [("manager", 2), ("trustee", 2), ("lead", 3)])
def test_turns_on_call_end_with_the_role_that_may_read_red(client, tom, calendar, role, turns):
    """What was worked stays worked: a past turn, and what has run of the one that runs."""
    ruth, now, hour = SupervisorFactory(), timezone.now(), timedelta(hours=1)
    for start in (-5, -1, 5):
        OnCall.objects.create(person=ruth, starts_at=now + start * hour, ends_at=now + (start + 2) * hour)
    assert change(client, ruth, "role", role=role).status_code == 302
    assert len(oncall.turns()) == turns
    assert bool(rota.on_call(now=timezone.now())) == (role == "lead")


def test_ending_an_account_is_told_before_it_is_done(client, tom, calendar, now):
    sam, ruth = PersonFactory(alias="Sam"), SupervisorFactory(alias="Ruth")
    PersonFactory(buddy=ruth)
    make_question(now=now)
    Question.objects.update(status="in_progress", holder=sam)
    Shift.objects.create(person=ruth, starts_at=timezone.now(), ends_at=timezone.now() + timedelta(hours=4))
    words = shown(client.get(f"/manage/people/{sam.pk}/leave/"))
    assert words.count("Nothing has happened yet. Sam can still sign in.") == 1
    assert words.count("1 question they hold goes back to the queue.") == 1
    assert words.count("They have no turn ahead on the rota.") == 1
    words = shown(client.get(f"/manage/people/{ruth.pk}/leave/"))
    assert words.count("1 turn ahead comes off the rota: look for somebody else.") == 1
    assert words.count("1 person has no buddy any more.") == 1
    assert Person.objects.filter(is_active=False).count() == 0


@pytest.mark.parametrize(("role", "who"), [("lead", "only safeguarding lead"), ("trustee", "only trustee")])
def test_the_last_who_reads_about_colleagues_is_no_button_that_refuses(client, tom, calendar, role, who):
    last = PersonFactory(role=role, alias="Grace")
    path = f"/manage/people/{last.pk}/leave/"
    refused = client.post(path)
    page = client.get(path)
    words = shown(page)
    assert (refused.status_code, page.status_code) == (422, 200)
    assert (words.count(f"This is the {who}"), words.count("Add a second first.")) == (1, 1)
    assert (words.count("Nothing has happened yet"), page.content.count(b"End Grace")) == (0, 1)
    PersonFactory(role=role)
    assert shown(client.get(path)).count("Nothing has happened yet. Grace can still sign in.") == 1


def test_a_manager_reads_before_pressing_that_another_ends_their_account(client, tom, calendar):
    path = f"/manage/people/{tom.pk}/leave/"
    assert client.post(path).status_code == 422
    page = client.get(path)
    assert shown(page).count("Another manager has to do this for you.") == 1
    assert page.content.count(b"account now</button>") == 0


def test_the_page_tells_of_no_case_that_only_one_of_them_reads(client, tom, calendar, now):
    lead, other = LeadFactory(alias="Grace"), LeadFactory()
    question = make_question(now=now)
    Question.objects.update(about_staff=True)
    Recusal.objects.create(question=question, person=other, at=now)
    path = f"/manage/people/{lead.pk}/leave/"
    assert shown(client.get(path)).count("Nothing has happened yet. Grace can still sign in.") == 1
    assert shown(client.post(path)).count("There is a case about a colleague") == 1


def test_nothing_that_ends_with_an_account_tells_of_a_case_about_staff(client, tom, calendar, now):
    lead = LeadFactory(alias="Grace")
    LeadFactory()
    question, offered = make_question(now=now), make_question(now=now)
    Question.objects.filter(pk=question.pk).update(about_staff=True, status="in_progress", holder=lead)
    Question.objects.filter(pk=offered.pk).update(about_staff=True, status="open", offered_to=lead)
    words = {"kind": "redirect", "code": "medical_advice", "text": "A nurse can look at this."}
    OwnWords.objects.create(round=question.round, writer=lead, written_at=now, **words)
    draft = Draft.objects.create(round=question.round)
    version = DraftVersion.objects.create(draft=draft, number=1, writer=tom, text="Hello.", saved_at=now)
    Approval.objects.create(version=version, writer=tom, approver=lead, at=now, digest=b"x" * 32)
    path = f"/manage/people/{lead.pk}/leave/"
    before = shown(client.get(path))
    assert before.count("They hold no question now.") == 1
    assert before.count("No signature of theirs waits.") == 1
    assert (before.count("come to them first"), before.count("for a second person")) == (0, 0)
    client.post(path)
    assert history.of(lead.name)[0].facts == {"released": 0}
    assert Question.objects.get(pk=question.pk).holder is None


def test_whoever_has_left_is_not_ended_twice(client, tom, calendar):
    sam = PersonFactory(alias="Sam")
    assert client.post(f"/manage/people/{sam.pk}/leave/").status_code == 302
    response = client.post(f"/manage/people/{sam.pk}/leave/")
    assert (response.status_code, shown(response).count("Nothing has happened yet")) == (409, 0)


def test_a_manager_signs_somebody_out_everywhere(client, tom, calendar):
    sam, elsewhere = PersonFactory(alias="Sam"), [Client(), Client()]
    for browser in elsewhere:
        browser.force_login(sam)
    page = client.post(f"/manage/people/{sam.pk}/sign-out/", follow=True).content.decode()
    assert "Sam is signed out in 2 places." in page
    assert [browser.get("/desk/").status_code for browser in elsewhere] == [302, 302]
    assert trail(sam) == [("signed out", tom.name, {"places": 2})]


def test_signed_out_everywhere_is_off_duty(client, tom, calendar, now):
    ruth = keep_on_duty(SupervisorFactory())
    assert OnDuty.objects.count() == 1
    people.sign_out(person=ruth, by=tom, now=now)
    assert OnDuty.objects.count() == 0


def test_a_guardian_is_asked_from_the_page_until_they_have_consented(client, tom, calendar):
    kim = PersonFactory(alias="Kim", born_on=timezone.now().date() - timedelta(days=15 * 366))
    path = f"/manage/people/{kim.pk}/guardian/"
    wrong = client.post(path, {"email": "nowhere"})
    assert (wrong.status_code, "nowhere" in wrong.content.decode()) == (422, True)
    assert client.post(path, {"email": "mum@example.org"}).status_code == 302
    assert list(kim.guardian_requests.values_list("email", flat=True)) == ["mum@example.org"]
    assert "We wrote to their guardian on" in client.get(f"/manage/people/{kim.pk}/").content.decode()
    Person.objects.filter(pk=kim.pk).update(guardian_consent_on=timezone.now().date())
    refused = client.post(path, {"email": "mum@example.org"})
    assert (refused.status_code, kim.guardian_requests.count()) == (422, 1)
