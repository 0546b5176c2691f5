"""A reviewer's pages stay closed until they agreed to how we work here and their checks are recorded."""

from datetime import date

import pytest

from advisors import doors, notices, roles
from advisors.duty import presence
from advisors.team import supporting
from askpeer.errors import Refused
from tests.factories import LeadFactory, PersonFactory, SupervisorFactory, TrusteeFactory, make_question

pytestmark = pytest.mark.django_db
NO_AGREEMENT = {"agreed_on": None, "agreed_to": ""}
NO_CHECKS = {"vetted_on": None}
CHECKS_RAN_OUT = {"vetted_until": date(2026, 11, 15)}
AGREE = "Read how we work here and agree to it first. It takes five minutes."
AGREE_AGAIN = "How we work here has changed. Read it and agree to it again. It takes five minutes."
CHECKS = "Your checks are not recorded yet. Talk to your manager."
CHECKS_OVER = "Your checks are due again. Talk to your manager."


@pytest.mark.parametrize(
    ("make", "values", "page", "sentence"),
    [
        (SupervisorFactory, NO_AGREEMENT, "/review/", AGREE),
        (SupervisorFactory, {"agreed_to": "2025-01"}, "/review/triage/", AGREE_AGAIN),
        (SupervisorFactory, NO_CHECKS, "/review/", CHECKS),
        (LeadFactory, {"vetted_until": date(2026, 11, 15)}, "/review/safeguarding/", CHECKS_OVER),
        (LeadFactory, NO_AGREEMENT, "/review/newcomers/", AGREE),
        (TrusteeFactory, NO_CHECKS, "/review/triage/", CHECKS),
    ],
)
def test_a_page_of_review_says_what_is_missing(browser, make, values, page, sentence):
    response = browser(make(**values)).get(page)
    assert (response.status_code, response.context["sentence"]) == (403, sentence)
    leads_on = 'href="/desk/welcome/">What you still need</a>' in response.content.decode()
    assert leads_on is (make is not TrusteeFactory)


@pytest.mark.parametrize(
    ("make", "values", "page"),
    [
        (LeadFactory, {"vetted_until": date(2026, 11, 16)}, "/review/"),
        (TrusteeFactory, NO_AGREEMENT, "/review/triage/"),
    ],
)
def test_on_the_last_day_of_the_checks_and_for_a_trustee_without_agreement_it_opens(browser, make, values, page):
    assert browser(make(**values)).get(page).status_code == 200


@pytest.mark.parametrize(
    ("make", "values", "home"),
    [
        (SupervisorFactory, NO_CHECKS, "/desk/welcome/"),
        (LeadFactory, NO_AGREEMENT, "/desk/welcome/"),
        (SupervisorFactory, CHECKS_RAN_OUT, "/desk/welcome/"),
        (LeadFactory, {}, "/review/"),
        (TrusteeFactory, NO_AGREEMENT, "/review/triage/"),
    ],
)
def test_home_leads_to_what_is_missing(browser, make, values, home):
    assert browser(make(**values)).get("/home/")["Location"] == home


@pytest.mark.parametrize("make", [SupervisorFactory, LeadFactory, TrusteeFactory])
@pytest.mark.parametrize("values", [NO_CHECKS, CHECKS_RAN_OUT, {}])
def test_every_link_of_the_navigation_opens(browser, now, make, values):
    person = make(**values)
    links = [page["url"] for page in doors.pages_of(person, now=now)]
    assert ({*links} & {"/review/", "/review/triage/"} == set()) is bool(values)
    assert {browser(person).get(link).status_code for link in links} <= {200, 302}


def test_a_page_that_is_closed_leads_to_no_page_that_is_itself(browser):
    trustee = browser(TrusteeFactory(**NO_CHECKS))
    back = 'href="/review/triage/">Back to your first page</a>'
    assert back not in trustee.get("/review/triage/").content.decode()
    assert back in trustee.get("/review/safeguarding/").content.decode()


@pytest.mark.parametrize(("values", "sentence"), [(NO_AGREEMENT, AGREE), (NO_CHECKS, CHECKS)])
def test_the_verbs_refuse_too(calendar, now, values, sentence):
    ruth, question = SupervisorFactory(**values), make_question(now=now)
    assert roles.may_see(ruth, question) is False
    assert roles.why_not_write(ruth, now=now) == sentence
    assert supporting.may_answer(ruth, PersonFactory()) is False
    for check in (roles.check_review, roles.check_handle, lambda person: presence.go_on(person=person, now=now)):
        with pytest.raises(Refused) as refusal:
            check(ruth)
        assert str(refusal.value) == sentence


def test_a_supervisor_writes_nothing_once_their_checks_ran_out(calendar, now):
    assert roles.why_not_write(SupervisorFactory(vetted_until=date(2026, 11, 15)), now=now) == CHECKS_OVER
    assert roles.why_not_write(SupervisorFactory(vetted_until=date(2026, 11, 16)), now=now) == ""


@pytest.mark.parametrize(
    ("make", "page"), [(SupervisorFactory, "/review/"), (LeadFactory, "/review/"), (TrusteeFactory, "/review/triage/")]
)
def test_an_alert_leads_to_their_work_whatever_they_lack(calendar, now, settings, make, page):
    person = make(**NO_AGREEMENT)
    letter = notices.alert({"person": str(person.pk), "about": "escalated"}, key="k", now=now)
    assert letter.body.splitlines()[-1] == settings.SITE_URL + page
