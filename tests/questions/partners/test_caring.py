"""Who is shown to a young person before anything else, as the service's own pages would show it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from askpeer import prose, receipts
from questions import answering, moves, states
from questions.intake.models import OnCall, RiskRule
from questions.models import Question, Signpost
from questions.moves import Actor
from tests.factories import NOW, LeadFactory, TopicFactory, TrusteeFactory, make_question
from tests.questions.intake.conftest import crisis, phrases  # noqa: F401
from tests.questions.partners.test_rules import NO_LINES, entry, names
from tests.questions.publication import shelf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("crisis", "phrases")]
ADVISOR, SUPERVISOR = Actor(states.ADVISOR, "person:a"), Actor(states.SUPERVISOR, "person:s")
ASKED = {"text": "I eat my lunch alone.", "age_band": "13-15", "nation": "GB-ENG"}
RISKY = ASKED | {"text": "I'm not safe tonight"}
NIGHT = datetime(2026, 11, 20, 22, tzinfo=UTC)
AWAKE = ["Shout", "Childline", "999"]
HURT = "Have you taken something, or are you badly hurt? Ring 999 now. Do it even if you feel okay."
ALOUD = "If you can't talk out loud, text or chat."
OUTSIDE = "If you'd rather tell someone outside, these people have nothing to do with us."


@pytest.mark.parametrize(("headers", "queries"), [({}, 8), ({"Idempotency_Key": "one"}, 13)])
def test_a_green_question_shows_nothing_before_the_rest_and_costs_no_query_for_it(
    api, partner, headers, queries, django_assert_num_queries
):
    partner.signposts.add(entry("Harbour"))
    api.post("questions/", ASKED)
    with django_assert_num_queries(queries):
        body = api.post("questions/", ASKED, **headers).json()
    assert (body["safety"], body["outside"]) == (None, None)


@pytest.mark.parametrize("text", ["I'm not safe tonight", "I dont want to be here"])
def test_where_our_own_page_asks_whether_they_are_safe_the_answer_does_too(api, text):
    safety = api.post("questions/", ASKED | {"text": text}).json()["safety"]
    assert (safety["title"], safety["text"], names(safety["services"])) == (
        "Are you safe right now?",
        f"{HURT} Your question is saved. Someone here reads it first. These people can talk with you now. {ALOUD}",
        AWAKE,
    )
    assert [way["kind"] for helper in safety["services"] for way in helper["ways"]] == [
        "text",
        "chat",
        "phone",
        "phone",
    ]


def test_the_same_request_again_shows_the_same(api):
    first = api.post("questions/", RISKY, Idempotency_Key="one").json()
    again = api.post("questions/", RISKY, Idempotency_Key="one")
    assert (again["Idempotent-Replay"], again.json(), names(first["safety"]["services"])) == ("true", first, AWAKE)


@pytest.mark.parametrize(
    ("on_call", "sentences"),
    [
        (False, "Your question is saved. Nobody here reads this before 10am Monday."),
        (
            True,
            "Your question is saved. We're closed, but someone is on call. They will try to read it within the hour.",
        ),
    ],
)
def test_at_night_it_says_who_reads_it_when(api, on_call, sentences):
    if on_call:
        OnCall.objects.create(person=LeadFactory(), starts_at=NIGHT, ends_at=NIGHT + timedelta(hours=8))
    with time_machine.travel(NIGHT, tick=False):
        safety = api.post("questions/", RISKY).json()["safety"]
    assert safety["text"] == f"{HURT} {sentences} These people are awake now. {ALOUD}"


def test_somebody_who_is_elsewhere_gets_no_number_of_ours(api, partner):
    partner.signposts.add(entry("Harbour"))
    safety = api.post("questions/", RISKY | {"nation": "other"}).json()["safety"]
    assert (safety["text"].endswith(NO_LINES), safety["services"], "999" in safety["text"]) == (True, [], False)


def test_it_speaks_the_language_of_the_question_and_names_that_countrys_services(api, dutch_offered):
    sent = {"text": "Ik ben niet veilig vannacht", "age_band": "13-15", "language": "nl"}
    safety = api.post("questions/", sent, Accept_Language="en").json()["safety"]
    assert (safety["title"], names(safety["services"])) == ("Ben je nu veilig?", ["Awel"])


def test_the_partners_signposts_that_are_awake_come_after_the_crisis_services(api, partner):
    partner.signposts.add(
        entry("Asleep", awake=[[1, 2]]), entry("Site", kind="web", value="https://a.example/"), entry("Youth desk")
    )
    services = api.post("questions/", RISKY).json()["safety"]["services"]
    assert names(services) == [*AWAKE, "Youth desk"]


def test_a_timeline_alone_is_a_question_and_is_read_for_danger_too(api):
    moments = ["We moved.", " ", "I'm not safe tonight"]
    body = api.post("questions/", {"timeline": moments, "age_band": "13-15"}).json()
    (said,) = api.post("questions/read/", {"receipt": body["receipt"]}).json()["messages"]
    assert (said["text"], said["timeline"]) == ("", ["We moved.", "I'm not safe tonight"])
    assert body["safety"]["title"] == "Are you safe right now?"


@pytest.mark.parametrize(
    ("timeline", "errors"),
    [
        (["x"] * 7, [("timeline", "The timeline has room for 6 moments.")]),
        (["x" * 121], [("timeline.0", "There is room for 120 characters. Make it shorter.")]),
        (["x", 7], [("timeline.1", "Not a valid string.")]),
        ("x", [("timeline", 'Expected a list of items but got type "str".')]),
    ],
)
def test_a_timeline_that_cannot_be_used_is_named(api, timeline, errors):
    body = api.post("questions/", ASKED | {"timeline": timeline}).json()
    assert [(error["field"], error["detail"]) for error in body["errors"]] == errors
    assert Question.objects.count() == 0


def test_a_question_about_somebody_here_is_answered_with_who_reads_it_and_who_is_outside(api, partner):
    partner.signposts.add(entry("Youth desk"))
    body = api.post("questions/", ASKED | {"about_staff": True}).json()
    question = Question.objects.get()
    assert (question.about_staff, question.about_lead, body["safety"]) == (True, False, None)
    assert body["outside"]["text"] == (
        "Only one person reads this: the one in charge of keeping people safe here. Is it about that person? Then "
        f"someone outside is better. {OUTSIDE}"
    )
    assert names(body["outside"]["services"]) == [*AWAKE, "Youth desk"]
    read = api.post("questions/read/", {"receipt": body["receipt"]}).json()
    assert (read["outside"]["text"], names(read["outside"]["services"])) == (
        f"From now on, only the person in charge of safety here looks after this. {OUTSIDE}",
        [*AWAKE, "Youth desk"],
    )


def test_a_question_about_the_lead_is_a_trustees(api):
    TrusteeFactory()
    assert api.get("service/").json()["about_lead"] is True
    body = api.post("questions/", ASKED | {"about_lead": True}).json()
    question = Question.objects.get()
    assert (question.about_staff, question.about_lead) == (True, True)
    assert body["outside"]["text"] == (
        "The person in charge of keeping people safe can't read this. A trustee does. That is someone who checks on us "
        f"all. {OUTSIDE}"
    )
    read = api.post("questions/read/", {"receipt": body["receipt"]}).json()
    assert read["outside"]["text"] == (
        "From now on, a trustee looks after this. That is someone who checks on us all. The person in charge of safety "
        f"here can't read it. {OUTSIDE}"
    )


@pytest.mark.parametrize(
    ("nation", "said", "services"),
    [("GB-ENG", "These people have nothing to do with us.", AWAKE), ("other", NO_LINES, [])],
)
def test_without_a_trustee_it_is_refused_with_who_is_outside(api, nation, said, services):
    assert api.get("service/").json()["about_lead"] is False
    body = api.post("questions/", ASKED | {"about_lead": True, "nation": nation}).json()
    assert (body["type"], body["detail"], names(body["services"])) == (
        "/api/v1/docs/#refused",
        f"Nobody else here can read about that person right now. Please talk to someone outside. {said}",
        services,
    )
    assert Question.objects.count() == 0


@pytest.fixture
def receipt():
    return receipts.draw()


@pytest.fixture
def held(partner, receipt):
    """A question of the partner's, in review."""
    question = make_question(receipt=receipt, partner=partner, email="someone@example.org")
    for to, by in (("open", SUPERVISOR), ("in_progress", ADVISOR), ("in_review", ADVISOR)):
        moves.move(question, to, by=by, now=NOW)
    return question


def answered(question):
    digest = prose.digest("Hello.", key=question.key())
    answering.deliver(question, kind="answer", text="Hello.", digest=digest, to="answered", by=SUPERVISOR, now=NOW)


def paused(question):
    digest = prose.digest("Which?", key=question.key())
    answering.pause(question, text="Which?", digest=digest, by=SUPERVISOR, now=NOW)


@pytest.mark.parametrize(("path", "before"), [("follow-up", answered), ("reply", paused)])
@pytest.mark.parametrize(
    ("text", "title"), [("Only on Mondays.", None), ("I'm not safe tonight", "People you can reach now")]
)
def test_what_is_added_later_is_answered_as_the_questions_page_is(api, held, receipt, path, before, text, title):
    before(held)
    body = api.post(f"questions/{path}/", {"receipt": receipt, "text": text}).json()
    shown = title and {
        "title": title,
        "text": "You don't have to wait for us. Talk to someone now.",
        "services": AWAKE,
    }
    named = body["safety"] and body["safety"] | {"services": names(body["safety"]["services"])}
    assert (named, body["outside"]) == (shown, None)
    assert api.post("questions/read/", {"receipt": receipt}).json()["safety"] == body["safety"]


def test_a_later_word_from_elsewhere_names_no_line_of_ours(api, held, receipt):
    Question.objects.update(nation="other")
    answered(held)
    body = api.post("questions/follow-up/", {"receipt": receipt, "text": "I'm not safe tonight"}).json()
    assert body["safety"] == {
        "title": "You don't have to wait for us. Talk to someone now.",
        "text": NO_LINES,
        "services": [],
    }


ABROAD = {"nation": "FR-IDF"}


@pytest.fixture
def club(partner):
    """The one signpost of the partner in a country whose help lines we do not know."""
    partner.signposts.add(entry("Club", country="FR", nations=[]))


def test_a_partners_signpost_takes_no_emergency_advice_away(api, club):
    body = api.post("questions/", RISKY | ABROAD).json()
    read = api.post("questions/read/", {"receipt": body["receipt"]}).json()
    assert body["safety"]["text"] == (
        "Have you taken something, or are you badly hurt? Ring your emergency number now. Do it even if you feel okay. "
        f"Your question is saved. Someone here reads it first. {NO_LINES}"
    )
    assert (read["safety"]["title"], read["safety"]["text"]) == (
        "You don't have to wait for us. Talk to someone now.",
        NO_LINES,
    )
    assert [names(answer["safety"]["services"]) for answer in (body, read)] == [["Club"], ["Club"]]


def test_a_partners_signpost_is_not_said_to_have_nothing_to_do_with_us(api, club):
    body = api.post("questions/", ASKED | ABROAD | {"about_staff": True}).json()
    read = api.post("questions/read/", {"receipt": body["receipt"]}).json()
    assert [answer["outside"]["text"].endswith(NO_LINES) for answer in (body, read)] == [True, True]
    assert [names(answer["outside"]["services"]) for answer in (body, read)] == [["Club"], ["Club"]]


def test_without_a_trustee_a_partners_signpost_takes_no_emergency_advice_away(api, club):
    body = api.post("questions/", ASKED | ABROAD | {"about_lead": True}).json()
    assert (body["detail"].endswith(NO_LINES), names(body["services"])) == (True, ["Club"])


@pytest.fixture
def redirected(api, partner):
    """What reading a redirected question of a topic with its own signpost answers, by the words it was asked in."""
    topic = TopicFactory(slug="money")
    entry("Centrepoint", kind="web", value="https://c.example/").topics.add(topic)
    partner.signposts.add(entry("Youth desk"))

    def ask(sent):
        receipt = api.post("questions/", sent | {"topic": "money"}).json()["receipt"]
        Question.objects.update(status=states.REDIRECTED)
        return api.post("questions/read/", {"receipt": receipt}).json()

    return ask


def test_a_redirected_question_names_its_topics_services_also_where_it_is_green(redirected):
    safety = redirected(ASKED)["safety"]
    assert (safety["title"], names(safety["services"])) == ("People who can help", ["Centrepoint", "Youth desk"])
    assert safety["text"] == (
        "This matters, and you deserve someone who knows more than us. Here's who, and what happens when you get in "
        "touch."
    )


def test_a_redirected_question_that_is_not_green_names_them_after_the_crisis_services(redirected):
    safety = redirected(RISKY)["safety"]
    assert (safety["title"], names(safety["services"])) == (
        "People who can help",  # as its own page has it
        [*AWAKE, "Centrepoint", "Youth desk"],
    )


def test_a_green_redirected_question_whose_page_names_nobody_names_nobody(redirected):
    assert redirected(ASKED | ABROAD)["safety"] is None


def test_the_same_request_later_names_who_is_awake_then(api, partner):
    partner.signposts.add(entry("Morning line", awake=[[10, 12]]))
    first = api.post("questions/", RISKY, Idempotency_Key="one").json()
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        again = api.post("questions/", RISKY, Idempotency_Key="one").json()
    assert [names(answer.pop("safety")["services"]) for answer in (first, again)] == [
        [*AWAKE, "Morning line"],
        AWAKE,
    ]
    assert again == first


def test_no_answer_says_that_anything_was_detected(api):
    whole = api.post("questions/", RISKY | {"about_staff": True}).content + api.get("schema/").content
    assert [word for word in (b"detect", b"flagged", b"risk", b"phrase") if word in whole.lower()] == []


def search(api, words, **headers):
    return api.get("library/", {"q": words}, **headers).json()


def test_a_search_that_sounds_like_danger_is_answered_with_who_helps_also_where_nothing_is_found(api):
    found = search(api, "i dont want to be here")
    assert (found["items"], found["safety"]["title"], found["safety"]["text"], names(found["safety"]["services"])) == (
        [],
        "Are you safe right now?",
        "You don't have to wait for us. These people are there for you now.",
        AWAKE,
    )


def test_a_search_names_the_partners_own_after_ours(api, partner):
    partner.signposts.add(entry("Harbour"))
    assert names(search(api, "not safe tonight")["safety"]["services"]) == [*AWAKE, "Harbour"]


def test_danger_that_a_search_was_mended_into_is_answered_with_who_helps_too(api):
    RiskRule.objects.create(label="An overdose", level="amber", phrases=["overdose"])
    shelf.published(title="After an overdose")
    found = search(api, "overdoze")
    assert (found["looked_for"], names(found["safety"]["services"])) == ("overdose", AWAKE)


def test_where_we_know_nobody_there_a_search_is_answered_with_what_to_do(api):
    Signpost.objects.all().delete()
    safety = search(api, "not safe tonight")["safety"]
    assert (safety["services"], safety["text"]) == ([], NO_LINES)


def test_a_search_is_answered_in_the_language_of_the_request(api, dutch_offered):
    safety = search(api, "niet veilig vannacht", Accept_Language="nl")["safety"]
    assert (safety["title"], names(safety["services"])) == ("Ben je nu veilig?", ["Awel"])


def test_a_search_that_sounds_like_danger_can_be_asked_again_for_nothing(api):
    first = api.get("library/", {"q": "not safe tonight"})
    again = api.get("library/", {"q": "not safe tonight"}, If_None_Match=first["ETag"])
    calm = api.get("library/", {"q": "not safe"}, If_None_Match=first["ETag"])
    assert (again.status_code, calm.status_code) == (304, 200)


def test_a_calm_search_costs_no_query_for_it(api, partner, django_assert_num_queries):
    partner.signposts.add(entry("Harbour"))
    shelf.published(title="Lunch")
    search(api, "lunch")
    with django_assert_num_queries(3):
        found = search(api, "lunch")
    assert (len(found["items"]), found["looked_for"], found["safety"]) == (1, None, None)
