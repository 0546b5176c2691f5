"""Every operation that takes six words or an address, with everybody's: what is not a partner's is nothing to it."""

from typing import NamedTuple

import pytest
from django.db import transaction
from django.urls import get_resolver
from drf_spectacular.generators import SchemaGenerator

from askpeer.models import OutboxRow
from questions import moves
from questions.models import Question
from questions.partners import hooks
from questions.partners.models import Partner
from questions.publication import hiding, withdrawing
from tests.factories import NOW, SupervisorFactory, make_question
from tests.questions.partners import matrix
from tests.questions.partners.matrix import CANARY, OWN, SCOPE_SETS
from tests.questions.publication import shelf

pytestmark = pytest.mark.django_db
NOT_ITS_OWN = 22  # kinds of words that open nothing to a partner


class Door(NamedTuple):
    """One operation of the API: the scope it needs, what it is sent beside the words, how it answers where it opens."""

    scope: str
    body: dict | None
    opens: set[int]


# A new operation that takes a receipt or an address fails here until it is placed.
BY_RECEIPT = {
    "questions/read/": Door("read", {}, {200}),
    "questions/reply/": Door("read", {"text": "Only on Mondays."}, {200, 422}),
    "questions/follow-up/": Door("ask", {"text": "And now?"}, {201, 422}),
    "questions/feedback/": Door("read", {"felt_heard": True}, {204, 422}),
    "questions/consent/": Door("read", {"choice": "no"}, {204, 422}),
    "questions/erase/": Door("read", {}, {200}),
}
BY_ADDRESS = {"library/{slug}/": Door("publish", None, {200})}
BY_NEITHER = {"questions/", "topics/", "service/", "library/"}
WITHOUT_SCHEMA = {"schema/", "docs/", "docs/start/", ""}


def schema():
    """{path behind /api/v1/: its one operation}."""
    paths = SchemaGenerator().get_schema(request=None, public=True)
    parts = paths["components"]["schemas"]
    return {path.removeprefix("/api/v1/"): _taken(methods, parts) for path, methods in paths["paths"].items()}


def _taken(methods, parts):
    """The names of everything that the operations of a path take."""
    taken = set()
    for operation in methods.values():
        taken |= {parameter["name"] for parameter in operation.get("parameters", [])}
        for media in operation.get("requestBody", {}).get("content", {}).values():
            taken |= set(parts[media["schema"]["$ref"].rpartition("/")[2]]["properties"])
    return taken


def test_every_route_is_placed():
    routes = {str(route.pattern) for route in dict(get_resolver().namespace_dict)["api"][1].url_patterns}
    taken = schema()
    assert {route.replace("<slug:slug>", "{slug}") for route in routes} == {*taken, *WITHOUT_SCHEMA}
    assert {path for path, names in taken.items() if names & {"receipt", "Askpeer-Receipt"}} == set(BY_RECEIPT)
    assert {path for path in taken if "{" in path} == set(BY_ADDRESS)
    assert set(taken) == {*BY_RECEIPT, *BY_ADDRESS, *BY_NEITHER}


@pytest.fixture
def stranger(calendar, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    return Partner.objects.create(name="Hilltop Club", slug="hilltop")


@pytest.fixture
def words(partner, stranger):
    return matrix.words(partner, stranger)


def ways(receipt):
    """The receipt in the body, and in the header."""
    return (({"receipt": receipt}, {}), ({}, {"Askpeer-Receipt": receipt}))


def refusal(scopes, door):
    """The status of whatever is not the caller's own, and the name of its problem."""
    if not scopes:
        return 401, "key-needed"
    return (404, "unknown-receipt") if door.scope in scopes else (403, "scope-missing")


def undone(act):
    """What an act gives, with nothing of it kept."""
    with transaction.atomic():
        found = act()
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("path", BY_RECEIPT)
def test_words_that_are_not_its_own_tell_a_partner_nothing_and_change_nothing(client, partner, words, path):
    door, asked = BY_RECEIPT[path], 0
    before = matrix.everything()
    for scopes, caller in matrix.callers(client, partner).items():
        status, slug = refusal(scopes, door)
        tried = [(body, headers) for whose in words.keys() - set(OWN) for body, headers in ways(words[whose])]
        answers = [caller.post(path, door.body | body, **headers) for body, headers in tried]
        assert {answer.status_code for answer in answers} == {status}
        assert len({answer.content for answer in answers}) == 1
        assert answers[0].json()["type"] == f"/api/v1/docs/#{slug}"
        asked += len(answers)
    changed = matrix.everything()
    changed["PartnerKey"] = before["PartnerKey"]
    assert changed == before
    assert asked == NOT_ITS_OWN * 2 * (len(SCOPE_SETS) + 1)


@pytest.mark.parametrize("path", BY_RECEIPT)
def test_its_own_words_open_for_the_scope_and_tell_of_no_other_question(client, partner, words, path):
    door = BY_RECEIPT[path]
    for scopes, caller in matrix.callers(client, partner).items():
        for whose in OWN:
            for body, headers in ways(words[whose]):
                answer = undone(lambda c=caller, b=body, h=headers: c.post(path, door.body | b, **h))
                opens = door.scope in scopes
                assert answer.status_code in (door.opens if opens else {refusal(scopes, door)[0]})
                told = {text.startswith(f" {whose}.") for text in answer.content.decode().split(CANARY)[1:]}
                assert told == ({True} if opens and path == "questions/read/" else set())


@pytest.fixture
def addresses(partner, stranger):
    """{what stands there: address}. Whose question it came from makes no difference to a library."""

    def made(which, make, **values):
        return make(asked=NOW, title=which, question_text=f"{CANARY} {which}.", **values)

    found = {"published": made("published", shelf.published), "hidden": made("hidden", shelf.published)}
    found |= {"withdrawn": made("withdrawn", shelf.published), "candidate": shelf.agreed("yes", partner=stranger)}
    found["anonymised"] = shelf.edited(shelf.agreed("yes"), question_text=f"{CANARY} anonymised.")
    slugs = {which: publication.slug for which, publication in found.items()}
    hiding.report(found["hidden"], NOW)
    withdrawing.withdraw(publication=found["withdrawn"], by=SupervisorFactory(), now=NOW)
    found["withdrawn"].refresh_from_db()
    left = {"address it has now": found["withdrawn"].slug, "id": str(found["candidate"].pk)}
    return slugs | left | {"guessed": "lunch-alone", "turned round": slugs["published"][::-1], "long": "x" * 300}


def test_an_address_shows_what_is_public_and_tells_nothing_of_the_rest(client, partner, addresses):
    before, asked = matrix.everything(), 0
    for scopes, caller in matrix.callers(client, partner).items():
        answers = {which: caller.get(f"library/{slug}/") for which, slug in addresses.items()}
        asked += len(answers)
        found = {which: answer.status_code for which, answer in answers.items()}
        if "publish" not in scopes:
            assert set(found.values()) == {403 if scopes else 401}
            assert len({answer.content for answer in answers.values()}) == 1
            continue
        shown, gone = answers.pop("published"), answers.pop("withdrawn")
        assert (shown.status_code, gone.status_code) == (200, 410)
        assert shown.json()["question"] == f"{CANARY} published."
        assert {answer.status_code for answer in answers.values()} == {404}
        assert len({answer.content for answer in answers.values()}) == 1
        assert CANARY not in gone.content.decode() + next(iter(answers.values())).content.decode()
        listed = caller.get("library/", {"q": "canary"}).json()["items"] + caller.get("library/").json()["items"]
        assert {item["slug"] for item in listed} == {addresses["published"]}
    after = matrix.everything()
    after["PartnerKey"] = before["PartnerKey"]
    assert after == before
    assert asked == len(addresses) * (len(SCOPE_SETS) + 1)


def test_the_key_of_another_partners_request_gives_nothing_of_it(api, other):
    body = {"text": f"{CANARY} the first.", "age_band": "13-15"}
    first, second = (caller.post("questions/", body, Idempotency_Key="the-same") for caller in (api, other))
    assert (first.status_code, second.status_code) == (201, 201)
    assert "Idempotent-Replay" not in second
    assert {first.json()[name] == second.json()[name] for name in ("id", "receipt")} == {False}
    assert Question.objects.count() == 2


def test_a_partner_is_told_of_no_move_of_what_came_by_its_button(partner):
    hooks.add(partner=partner, url="https://harbour.example/hook", now=NOW)
    for by_button in (True, False):
        question = make_question(partner=partner, by_button=by_button)
        moves.move(question, "open", by=matrix.SUPERVISOR, now=NOW)
    told = OutboxRow.objects.filter(kind=hooks.KIND).values_list("refs", flat=True)
    assert [refs["question"] for refs in told] == [str(question.pk)]
