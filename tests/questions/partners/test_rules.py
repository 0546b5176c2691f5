"""Whom a partner may ask for, which signposts it names, and who sets that. Never less than the service's own rules."""

import pytest

from askpeer import history
from askpeer.errors import Refused
from questions import states
from questions.intake.models import IntakeLimits
from questions.models import Question, Signpost, SignpostChannel
from questions.partners import rules
from questions.partners.models import Partner
from tests.factories import NOW, ManagerFactory

pytestmark = pytest.mark.django_db
UK = ["GB-ENG", "GB-SCT", "GB-WLS", "GB-NIR"]
ASKED = {"text": "I eat my lunch alone.", "age_band": "13-15", "nation": "GB-ENG"}
KEY = {"Idempotency_Key": "one"}
NO_LINES = (
    "We don't know the help lines there. If you're in danger, ring the emergency number where you are. Or go to "
    "someone you trust and tell them."
)


def entry(name, *, country="GB", nations=UK, ages=(0, 99), kind="phone", value="0800 1111", awake=(), crisis=False):
    row = Signpost.objects.create(
        slug=name.lower(),
        name=name,
        summary=f"About {name}.",
        country=country,
        nations=nations,
        min_age=ages[0],
        max_age=ages[1],
        crisis=crisis,
    )
    SignpostChannel.objects.create(signpost=row, kind=kind, value=value, awake=list(awake))
    return row


@pytest.fixture
def crisis(db):
    return entry("Crisis", crisis=True)


def names(helpers):
    return [helper["name"] for helper in helpers]


def test_a_question_of_an_age_that_was_not_agreed_is_refused_with_who_helps_and_our_own_address(
    api, partner, crisis, settings
):
    settings.SITE_URL = "https://ask.example"
    Partner.objects.update(ages=["16-17", "18-21"])
    partner.signposts.add(entry("Harbour"))
    response = api.post("questions/", ASKED)
    body = response.json()
    assert (response.status_code, names(body.pop("services"))) == (422, ["Crisis", "Harbour"])
    assert body == {
        "type": "/api/v1/docs/#not-for-this-age",
        "title": "Not for this age",
        "status": 422,
        "detail": "This site can't send us a question from someone your age. You can still ask us yourself.",
        "ask_url": "https://ask.example/ask/",
    }
    assert Question.objects.count() == 0


def test_the_refusal_speaks_the_language_of_the_question(api, crisis, dutch_offered):
    Partner.objects.update(ages=["16-17"])
    body = api.post("questions/", ASKED | {"language": "nl"}).json()
    assert body["detail"] == (
        "Deze site kan ons geen vraag sturen van iemand van jouw leeftijd. Je kan ons die wel zelf stellen."
    )


@pytest.mark.parametrize("ages", [[], ["13-15"], ["13-15", "22-25"]])
def test_an_age_that_was_agreed_is_taken(api, ages):
    Partner.objects.update(ages=ages)
    assert api.post("questions/", ASKED).status_code == 201


def test_refused_for_their_age_elsewhere_it_says_what_to_ring_whatever_the_partner_names_there(api, partner, crisis):
    Partner.objects.update(ages=["16-17"])
    partner.signposts.add(entry("Club", country="FR", nations=[]))
    body = api.post("questions/", ASKED | {"nation": "FR-IDF"}).json()
    assert (body["detail"], names(body["services"])) == (
        f"This site can't send us a question from someone your age. You can still ask us yourself. {NO_LINES}",
        ["Club"],
    )


def test_who_rather_does_not_say_is_never_refused_for_their_age(api):
    Partner.objects.update(ages=["18-21"])
    assert api.post("questions/", ASKED | {"age_band": "rather-not-say"}).status_code == 201


@pytest.mark.parametrize("ages", [[], ["16-17"], ["under-11", "16-17"]])
def test_under_eleven_is_too_young_whatever_the_partners_list_says(api, partner, crisis, ages):
    Partner.objects.update(ages=ages)
    partner.signposts.add(entry("Harbour"))
    body = api.post("questions/", ASKED | {"age_band": "under-11"}).json()
    assert (body["type"], names(body["services"])) == ("/api/v1/docs/#too-young", ["Crisis"])
    assert Question.objects.count() == 0


def test_what_was_answered_before_the_ages_changed_is_answered_again(api):
    first = api.post("questions/", ASKED, **KEY)
    Partner.objects.update(ages=["18-21"])
    assert api.post("questions/", ASKED, **KEY).json() == first.json()


def test_what_was_refused_for_its_age_leaves_no_record(api):
    Partner.objects.update(ages=["18-21"])
    assert api.post("questions/", ASKED, **KEY).status_code == 422
    Partner.objects.update(ages=[])
    assert api.post("questions/", ASKED, **KEY).status_code == 201


def test_while_closed_the_partners_signposts_come_after_the_services_own(api, partner, crisis):
    IntakeLimits.objects.create(taking=False)
    partner.signposts.add(entry("A club", kind="web", value="https://club.example/"), crisis)
    body = api.post("questions/", ASKED).json()
    assert (body["type"], names(body["services"])) == ("/api/v1/docs/#closed", ["Crisis", "A club"])


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ({}, ["Everywhere", "England", "Teens"]),
        ({"nation": "GB-NIR"}, ["Everywhere", "Teens"]),
        ({"nation": ""}, ["Everywhere", "Teens"]),
        ({"nation": "BE-VLG"}, ["Flanders"]),
        ({"nation": "other"}, []),
        ({"age_band": "18-21"}, ["Adults", "England", "Everywhere"]),
        ({"age_band": "rather-not-say"}, ["Everywhere", "England", "Teens"]),
    ],
)
def test_no_signpost_is_for_another_nation_or_another_age(api, partner, crisis, sent, shown):
    IntakeLimits.objects.create(taking=False)
    partner.signposts.add(
        entry("Adults", ages=(18, 99)),
        entry("England", nations=["GB-ENG"]),
        entry("Everywhere"),
        entry("Flanders", country="BE", nations=[]),
        entry("Teens", ages=(11, 17)),
    )
    found = names(api.post("questions/", ASKED | sent).json()["services"])
    assert sorted(found) == sorted(shown + (["Crisis"] if "Everywhere" in shown else []))


def test_the_service_names_the_signposts_and_for_whom_each_is(api, partner):
    partner.signposts.add(entry("Harbour", nations=["GB-ENG"], ages=(11, 17), kind="web", value="https://h.example/"))
    assert api.get("service/").json()["signposts"] == [
        {
            "name": "Harbour",
            "summary": "About Harbour.",
            "ways": [{"kind": "web", "said": "Open their website", "href": "https://h.example/", "hours": ""}],
            "country": "GB",
            "nations": ["GB-ENG"],
            "min_age": 11,
            "max_age": 17,
        }
    ]


@pytest.mark.parametrize(
    ("ages", "shown"), [([], ["Adults", "All", "Teens"]), (["13-15"], ["All", "Teens"]), (["22-25"], ["Adults", "All"])]
)
def test_the_service_names_no_signpost_for_ages_that_the_partner_does_not_ask_for(api, partner, ages, shown):
    Partner.objects.update(ages=ages)
    partner.signposts.add(
        entry("Adults", ages=(18, 99)), entry("All"), entry("Teens", ages=(11, 17)), entry("Children", ages=(5, 10))
    )
    assert names(api.get("service/").json()["signposts"]) == shown


@pytest.mark.parametrize("rows", [1, 3])
def test_the_service_takes_the_same_queries_however_many_signposts(api, partner, rows, django_assert_num_queries):
    partner.signposts.add(*(entry(f"Entry {number}") for number in range(rows)))
    api.get("service/")
    with django_assert_num_queries(3):
        assert len(api.get("service/").json()["signposts"]) == rows


def set_rules(partner, **values):
    whole = {"clean_labels": False, "ages": [], "signposts": [], "requests_a_minute": 300}
    rules.set_rules(partner=partner, now=NOW, **whole | values)


def test_a_manager_sets_the_rules_and_the_trail_says_who_and_what(partner):
    manager, row = ManagerFactory(), entry("Harbour")
    partner.signposts.add(entry("Before"))
    set_rules(
        partner,
        clean_labels=True,
        ages=["18-21", "rather-not-say", "16-17"],
        signposts=[row],
        requests_a_minute=6000,
        by=manager,
    )
    kept = Partner.objects.get()
    assert (kept.clean_labels, kept.ages, list(kept.signposts.all()), kept.requests_a_minute) == (
        True,
        ["16-17", "18-21", "rather-not-say"],
        [row],
        6000,
    )
    (written,) = history.of(f"partner:{partner.pk}")
    assert (written.kind, written.actor, written.at) == ("rules set", f"person:{manager.pk}", NOW)
    assert written.facts == {
        "clean_labels": True,
        "ages": ["16-17", "18-21", "rather-not-say"],
        "signposts": ["harbour"],
        "requests_a_minute": 6000,
    }


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"ages": ["14"]}, "Choose ages from these: 11-12, 13-15, 16-17, 18-21, 22-25, rather-not-say."),
        (
            {"ages": ["under-11", "11-12"]},
            "Nobody under 11 can be asked for: they are always shown who talks to children.",
        ),
        ({"requests_a_minute": 0}, "A partner can make 1 to 6,000 requests a minute."),
        ({"requests_a_minute": 6001}, "A partner can make 1 to 6,000 requests a minute."),
    ],
)
def test_rules_that_cannot_hold_are_refused_in_a_sentence_and_change_nothing(partner, values, sentence):
    with pytest.raises(Refused) as refusal:
        set_rules(partner, clean_labels=True, by=ManagerFactory(), **values)
    kept = Partner.objects.get()
    assert (str(refusal.value), kept.clean_labels, kept.ages, kept.requests_a_minute) == (sentence, False, [], 300)
    assert history.of(f"partner:{partner.pk}") == []


def test_every_age_band_but_under_eleven_can_be_agreed(partner):
    set_rules(partner, ages=states.AGE_BANDS[1:], by=ManagerFactory())
    assert Partner.objects.get().ages == list(states.AGE_BANDS[1:])
