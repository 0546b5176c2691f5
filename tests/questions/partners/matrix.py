"""Two partners, and a question of every kind there is to either: what its words are, and what it must not tell."""

from itertools import combinations

from django.apps import apps

from askpeer import prose, receipts
from questions import answering, erasing, moves, states
from questions.intake import withdrawing
from questions.moves import Actor
from questions.partners import keys
from questions.partners.models import PartnerKey
from tests.factories import NOW, make_question
from tests.questions.partners.conftest import Caller
from tests.questions.publication import shelf

SUPERVISOR, ADVISOR = Actor(states.SUPERVISOR, "person:s"), Actor(states.ADVISOR, "person:a")
CANARY = "A canary sings of"
SCOPES = ("ask", "read", "publish")
SCOPE_SETS = [some for count in (1, 2, 3) for some in combinations(SCOPES, count)]
OWN = ("own new", "own waiting", "own answered", "own closed")


def waiting(**values):
    question = make_question(email="someone@example.org", **values)
    _to_review(question)
    digest = prose.digest("Which days?", key=question.key())
    answering.pause(question, text="Which days?", digest=digest, by=SUPERVISOR, now=NOW)
    return question


def answered(**values):
    question = make_question(**values)
    _to_review(question)
    digest = prose.digest(values["text"], key=question.key())
    answering.deliver(
        question, kind="answer", text=values["text"], digest=digest, to="answered", by=SUPERVISOR, now=NOW
    )
    return question


def closed(**values):
    question = answered(**values)
    moves.move(question, "closed", by=moves.SERVICE, now=NOW)
    return question


def erased(**values):
    question = answered(**values)
    withdrawing.erase(question=question, now=NOW)
    return question


def expired(**values):
    question = closed(**values)
    erasing.erase(question, by=moves.SERVICE, now=NOW)
    return question


def _to_review(question):
    for to, by in (("open", SUPERVISOR), ("in_progress", ADVISOR), ("in_review", ADVISOR)):
        moves.move(question, to, by=by, now=NOW)


def words(partner, stranger):
    """{whose: six words}: four of a partner's own questions, and all that open nothing to it."""
    ours, theirs, by_button = {"partner": partner}, {"partner": stranger}, {"partner": partner, "by_button": True}
    made = {
        "own new": (make_question, ours),
        "own waiting": (waiting, ours),
        "own answered": (answered, ours),
        "own closed": (closed, ours),
        "another's new": (make_question, theirs),
        "another's waiting": (waiting, theirs),
        "another's answered": (answered, theirs),
        "another's closed": (closed, theirs),
        "the site's new": (make_question, {}),
        "the site's answered": (answered, {}),
        "its button's new": (make_question, by_button),
        "its button's waiting": (waiting, by_button),
        "its button's answered": (answered, by_button),
        "another's button's": (answered, by_button | theirs),
        "erased": (erased, ours),
        "expired": (expired, ours),
        "another's erased": (erased, theirs),
    }
    found = {}
    for whose, (make, values) in made.items():
        found[whose] = receipts.draw()
        make(receipt=found[whose], text=f"{CANARY} {whose}.", **values)
    found["another's published"] = receipts.draw()
    shelf.published(receipt=found["another's published"], partner=stranger, asked=NOW, question_text=f"{CANARY} it.")
    return found | _guessed(found["own new"])


def _guessed(own):
    parts = own.split()
    return {
        "guessed": receipts.draw(),
        "turned round": " ".join(reversed(parts)),
        "two changed over": " ".join([parts[1], parts[0], *parts[2:]]),
        "one too few": " ".join(parts[:5]),
        "one too many": " ".join([*parts, parts[0]]),
        "one misspelt": f"{own}x",
        "no words": "none of them is",
        "an id": "0d0c8a51-0000-4000-8000-000000000000",
    }


def everything():
    """Every row of the question's side and what it may set off, as it is."""
    models = [
        model
        for label in ("questions", "intake", "publication", "partners", "askpeer")
        for model in apps.get_app_config(label).get_models()
    ]
    return {model.__name__: sorted(map(repr, model.objects.values_list())) for model in models}


def callers(client, partner):
    """{scopes: Caller} of every set of scopes a key can have, and of no key at all. Each key was used today before."""
    return {(): Caller(client, "")} | {scopes: Caller(client, _secret(partner, scopes)) for scopes in SCOPE_SETS}


def _secret(partner, scopes):
    """Past the verb, which gives a partner two live keys at most."""
    secret = keys.PREFIX + "-".join(scopes)
    values = {"digest": keys.digest(secret), "scopes": list(scopes), "made_at": NOW, "last_used_on": NOW.date()}
    PartnerKey.objects.create(partner=partner, **values)
    return secret
