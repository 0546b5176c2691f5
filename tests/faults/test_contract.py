"""The API does what its schema says, whatever a program that has read the schema can think of."""

import os
from datetime import timedelta

import pytest
from django.test.testcases import QuietWSGIRequestHandler
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from askpeer import prose, receipts, throttle
from questions import answering, moves, states
from questions.intake.models import IntakeLimits
from questions.moves import Actor
from questions.partners import keys
from questions.partners.models import Partner
from questions.publication import withdrawing
from tests.factories import SupervisorFactory, TopicFactory, make_question
from tests.faults import contract
from tests.faults.size import size
from tests.questions.publication import shelf

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True), pytest.mark.timeout(3600)]
REQUESTS = size(2_000, 20_000)
EXAMPLES = size(110, 1_350)  # of each operation in each phase that draws them, so that this many requests are made
SEED = int(os.environ.get("CONTRACT_SEED", "20261116"))
EACH = size(30, 300)  # questions of each kind
SUPERVISOR, ADVISOR = Actor(states.SUPERVISOR, "person:s"), Actor(states.ADVISOR, "person:a")
SUCCESS = {200, 201, 204}
WHICH = "Which days?"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    """Django's own server sends an answer in two pieces, and the second would wait 40 ms for the first."""
    monkeypatch.setattr(QuietWSGIRequestHandler, "disable_nagle_algorithm", True)


@pytest.fixture
def partner(calendar, settings, tmp_path):
    """It may ask as often as it likes, and the service takes whatever is asked."""
    settings.LEDGER = tmp_path / "erased.txt"
    settings.CACHE_URL = f"unix://{tmp_path}/nobody.sock"
    throttle.forget()
    IntakeLimits.objects.update_or_create(pk=1, defaults={"answers_a_day": 30_000})
    yield Partner.objects.create(name="Harbour Youth", slug="harbour", requests_a_minute=32_767)
    throttle.forget()


def waiting(**values):
    """A question whose asker is asked one thing."""
    question = make_question(email="someone@example.org", **values)
    for to, by in (("open", SUPERVISOR), ("in_progress", ADVISOR), ("in_review", ADVISOR)):
        moves.move(question, to, by=by, now=values["now"])
    digest = prose.digest(WHICH, key=question.key())
    answering.pause(question, text=WHICH, digest=digest, by=SUPERVISOR, now=values["now"])


def shown(**values):
    """An answered question with a public text that waits for the yes to it."""
    shelf.edited(shelf.agreed("show_me", **values), now=values["now"])


# Each operation has receipts that it can do something with, and nobody else's: one erases what it gets.
MADE = {
    "read_a_question": make_question,
    "reply": waiting,
    "follow_up": shelf.answered,
    "give_feedback": shelf.answered,
    "consent_to_publishing": shelf.answered,
    "erase_a_question": make_question,
}


def made(partner, now):
    """{operation: the six words of its questions}."""
    drawn = {operation: [receipts.draw() for _ in range(EACH)] for operation in MADE}
    for operation, words in drawn.items():
        for receipt in words:
            MADE[operation](receipt=receipt, partner=partner, now=now)
    for operation in ("read_a_question", "consent_to_publishing"):
        drawn[operation].append(receipts.draw())
        shown(receipt=drawn[operation][-1], partner=partner, now=now)
    return drawn


def shelved(now):
    """Addresses in the library: three that stand there, one that was left."""
    titles = ("Lunch", "Resits", "Parents", "Gone")
    rows = [shelf.published(asked=now - timedelta(days=15), now=now, title=title) for title in titles]
    slugs = [row.slug for row in rows]
    withdrawing.withdraw(publication=rows[-1], by=SupervisorFactory(), now=now)
    return slugs


def operations():
    """The method and path of every operation of the schema, as the service serves it."""
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


def test_every_answer_is_one_that_the_schema_tells_of(live_server, partner, tmp_path, figure):
    now = timezone.now()
    known = made(partner, now) | {"slugs": shelved(now), "topics": [TopicFactory().slug for _ in range(2)]}
    secret = keys.issue(partner=partner, scopes=["ask", "read", "publish"], now=now)
    run = contract.run(
        live_server.url,
        secret=secret,
        known=known,
        receipts_of={operation: operation for operation in MADE},
        examples=EXAMPLES,
        seed=SEED,
        folder=tmp_path,
    )
    assert run.code == 0, run.said
    figure(f"{run.requests:,} requests made of the schema, seed {SEED}", "every check held")
    asked = {operation: statuses for operation, statuses in run.answers.items() if operation in operations()}
    for operation, statuses in sorted(asked.items()):
        figure(f"  {operation}", ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items())))
    assert run.requests >= REQUESTS
    assert {operation for operation, statuses in asked.items() if statuses.keys() & SUCCESS} == operations()
    assert {status for name, found in run.answers.items() for status in found if name not in asked} == {405}
