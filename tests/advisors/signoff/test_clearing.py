"""What goes at once with somebody who leaves, and what stays with whom it is for."""

from datetime import UTC, date, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp

from advisors import consenting, inviting
from advisors.managing import people
from advisors.models import GuardianRequest, Invitation, Person
from advisors.signoff import leaving
from advisors.team import checking_in, wrapping_up
from advisors.team.models import (
    Attempt,
    CheckIn,
    Debrief,
    Kudos,
    Opened,
    Post,
    SupportCall,
    Training,
    Turn,
    WrapUp,
)
from askpeer import ledger
from askpeer.errors import Refused
from questions.partners.models import Partner
from tests.advisors.signoff.conftest import signed_in
from tests.factories import ManagerFactory, PersonFactory, SupervisorFactory, make_question

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
THEIRS = (Attempt, CheckIn, Debrief, GuardianRequest, Opened, Post, Turn)


@pytest.fixture
def manager(db):
    return ManagerFactory()


def fill(person, other, now):
    """One of everything that hangs on somebody."""
    Attempt.objects.create(person=person, track="limits", unit="one", text="I would say hello.", at=now)
    CheckIn.objects.create(person=person, day=now.date(), mood="hard", at=now)
    Turn.objects.create(person=person, starts_at=now + HOUR, ends_at=now + 2 * HOUR)
    Debrief.objects.create(person=person, offered_at=now)
    Post.objects.create(writer=person, text="Hello all.", at=now)
    Kudos.objects.create(person=person, giver=other, text="Well done.", at=now)
    Opened.objects.create(person=person, question=make_question(now=now), at=now)
    WrapUp.objects.create(person=person, minutes=60, mood="good", at=now)
    consenting.ask(person=person, email="mum@example.org", by="x", now=now)


def test_theirs_alone_goes_and_everybody_elses_stays(calendar, manager, now):
    noor, sam = (PersonFactory(about="Tea.", boundaries='{"grief": "never"}') for _ in range(2))
    fill(noor, sam, now)
    fill(sam, noor, now)
    leaving.leave(person=noor, by=manager, now=now)
    assert [(model.__name__, model.objects.count()) for model in THEIRS] == [(model.__name__, 1) for model in THEIRS]
    left, here = (Person.objects.get(pk=person.pk) for person in (noor, sam))
    assert [(one.about, one.boundaries) for one in (left, here)] == [("", None), ("Tea.", '{"grief": "never"}')]


def test_kudos_they_gave_stay_without_their_name_and_those_they_got_go(calendar, manager, now):
    noor, sam = PersonFactory(), PersonFactory()
    fill(noor, sam, now)
    fill(sam, noor, now)
    leaving.leave(person=noor, by=manager, now=now)
    row = Kudos.objects.get()
    assert (row.person, row.giver, row.text) == (sam, None, "Well done.")


def test_hours_stay_and_training_and_how_they_were_do_not(calendar, manager, now):
    noor, ruth = PersonFactory(), SupervisorFactory()
    WrapUp.objects.create(person=noor, minutes=90, mood="hard", at=now)
    for person, other in ((noor, ruth), (ruth, noor)):
        Training.objects.create(person=person, track="limits", passed_on=date(2026, 9, 1), passed_with=other)
    leaving.leave(person=noor, by=manager, now=now)
    assert list(WrapUp.objects.values_list("minutes", "mood")) == [(90, None)]
    assert [row.person for row in Training.objects.all()] == [ruth]


def grown(**values):
    """Somebody of whom everything is known, with an app for the second step."""
    checked = {"vetting": "Two references", "vetted_on": date(2026, 1, 2), "vetted_until": date(2028, 1, 2)}
    person = PersonFactory(
        email="noor@example.org",
        born_on=date(2001, 5, 17),
        partner=Partner.objects.create(name="Elm School", slug="elm"),
        buddy=SupervisorFactory(),
        languages=["en", "nl"],
        guardian_consent_on=date(2016, 9, 1),
        leaving_on=date(2026, 11, 30),
        most_at_once=2,
        deputy=True,
        last_login=datetime(2026, 11, 13, 18, tzinfo=UTC),
        probation_lifted_on=date(2026, 9, 14),
        probation_lifted_by=SupervisorFactory(),
        **checked,
        **values,
    )
    totp.TOTP.activate(person, totp.generate_totp_secret())
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def check_nothing_is_left_of(noor):
    row = Person.objects.get(pk=noor.pk)
    assert (row.email, row.born_on) == (f"left-{noor.pk}@left.invalid", date(2001, 1, 1))
    assert (row.vetting, row.vetted_on, row.vetted_until, row.about) == ("", None, None, "")
    assert (row.partner, row.buddy, row.languages, row.most_at_once) == (None, None, ["en"], None)
    assert (row.guardian_consent_on, row.leaving_on, row.trained_until) == (None, None, None)
    assert (row.last_login, row.probation_lifted_on, row.probation_lifted_by, row.deputy) == (None, None, None, False)
    assert (row.alias, row.role, row.is_active) == (noor.alias, noor.role, False)
    assert (Authenticator.objects.count(), EmailAddress.objects.count()) == (0, 0)


def test_of_their_row_alias_role_and_year_of_birth_stay(calendar, manager, now):
    noor = grown()
    leaving.leave(person=noor, by=manager, now=now)
    check_nothing_is_left_of(noor)


def test_the_invitation_they_came_by_goes_with_its_address_and_an_open_one_of_somebody_else_stays(
    calendar, manager, now
):
    given = {"role": "advisor", "born_on": date(2001, 5, 17), "by": manager, "now": now}
    _, token = inviting.invite(email="noor@example.org", alias="Noor", **given)
    inviting.invite(email="kim@example.org", alias="Kim", **given)
    noor = inviting.accept(token=token, email="noor@example.org", password="four herons at dawn", now=now)
    leaving.leave(person=noor, by=manager, now=now)
    assert [row.email for row in Invitation.objects.all()] == ["kim@example.org"]


@pytest.mark.parametrize("how", ["another address since", "an older one that ran out", "a second one"])
def test_no_invitation_to_them_stays_whatever_became_of_it(calendar, manager, now, how):
    given = {"alias": "Noor", "role": "advisor", "born_on": date(2001, 5, 17), "by": manager}
    if how == "an older one that ran out":
        inviting.invite(email="noor@example.org", **given, now=now - timedelta(days=8))
    _, token = inviting.invite(email="noor@example.org", **given, now=now)
    noor = inviting.accept(token=token, email="noor@example.org", password="four herons at dawn", now=now)
    if how != "an older one that ran out":
        if how == "a second one":
            inviting.invite(email="new@example.org", **(given | {"alias": "Noor again"}), now=now)
        seen = people.mark(noor, "who")
        people.set_who(person=noor, alias="Noor", email="new@example.org", seen=seen, by=manager, now=now)
    leaving.leave(person=Person.objects.get(pk=noor.pk), by=manager, now=now)
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("when", ["before they came", "since they have another"])
def test_none_to_the_address_they_came_by_stays_where_they_have_another(calendar, manager, now, when):
    to_the_first = {"email": "noor@example.org", "role": "advisor", "born_on": date(2001, 5, 17), "by": manager}
    if when == "before they came":
        inviting.invite(**to_the_first, alias="Noor", now=now - timedelta(days=8))
    _, token = inviting.invite(**to_the_first, alias="Noor", now=now)
    noor = inviting.accept(token=token, email="noor@example.org", password="four herons at dawn", now=now)
    seen = people.mark(noor, "who")
    people.set_who(person=noor, alias="Noor", email="new@example.org", seen=seen, by=manager, now=now)
    if when == "since they have another":
        inviting.invite(**to_the_first, alias="Noor again", now=now + HOUR)
    leaving.leave(person=Person.objects.get(pk=noor.pk), by=manager, now=now + HOUR)
    assert not Invitation.objects.exists()


def test_the_invitation_of_whoever_came_in_the_same_moment_stays(calendar, manager, now):
    came = {}
    for name in ("noor", "kim"):
        address = {"email": f"{name}@example.org", "now": now}
        _, token = inviting.invite(**address, alias=name, role="advisor", born_on=date(2001, 5, 17), by=manager)
        came[name] = inviting.accept(**address, token=token, password="four herons at dawn")
    leaving.leave(person=came["noor"], by=manager, now=now)
    assert Invitation.objects.get().email == "kim@example.org"


def test_the_same_goes_of_whom_a_backup_brought_back(calendar, manager, now):
    noor = grown()
    ledger.record(noor.name, now=now)
    assert leaving.replay_ledger(now=now) == 1
    check_nothing_is_left_of(noor)


def test_who_has_left_has_a_page_still_and_may_be_invited_again(calendar, manager, now):
    noor = grown()
    leaving.leave(person=noor, by=manager, now=now)
    for path in ("/manage/people/", f"/manage/people/{noor.pk}/"):
        page = signed_in(manager).get(path)
        assert (page.status_code, "left.invalid" in page.content.decode()) == (200, False)
    inviting.invite(email="noor@example.org", alias="Noor", role="supervisor", born_on=None, by=manager, now=now)
    assert Invitation.objects.get().email == "noor@example.org"


def test_how_they_were_is_not_kept_where_they_say_it_as_they_leave(calendar, manager, now):
    noor = PersonFactory()
    leaving.leave(person=Person.objects.get(pk=noor.pk), by=manager, now=now)
    with pytest.raises(Refused, match="This account is closed"):
        checking_in.check_in(person=noor, mood="hard", now=now)
    wrapping_up.wrap_up(person=noor, hours=1, minutes=0, mood="hard", now=now)
    assert CheckIn.objects.count() == 0
    assert [(row.minutes, row.mood) for row in WrapUp.objects.all()] == [(60, None)]


def test_what_was_talked_about_and_called_for_waits_for_its_ninety_days(calendar, manager, now):
    noor, ruth = PersonFactory(), SupervisorFactory()
    talked = {"offered_at": now, "answered_at": now, "wanted": True, "talked_at": now, "talked_with": ruth}
    Debrief.objects.create(person=noor, **talked)
    SupportCall.objects.create(person=noor, called_at=now)
    leaving.leave(person=noor, by=manager, now=now)
    assert (Debrief.objects.count(), SupportCall.objects.get().answered_by) == (1, manager)
