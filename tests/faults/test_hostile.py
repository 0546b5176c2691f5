"""Hostile requests at everything that is open to the world: each is answered, none with a 5xx, none slowly."""

import gc
import time
from collections import Counter
from datetime import timedelta
from http.cookies import SimpleCookie
from itertools import islice

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from askpeer import receipts, throttle
from askpeer.models import Beacon
from config.demo import reference
from questions.models import Topic
from questions.partners import keys
from questions.partners.models import Partner
from tests.factories import make_question
from tests.faults import hostile
from tests.faults.size import size
from tests.questions.intake.conftest import ABOUT, shown
from tests.questions.partners.matrix import answered, waiting
from tests.questions.publication import shelf

pytestmark = [pytest.mark.faults, pytest.mark.django_db, pytest.mark.timeout(1800)]
LEAST = 500
STEP = size(11, 1)  # of all the requests there are, one in so many is made
SWEPT = 100  # requests between two looks for garbage
SLOWEST = 0.2  # seconds of the processor; what the wall clock says depends on what else the machine does


@pytest.fixture
def service(calendar, settings, tmp_path):
    """As it runs: topics, phrases, services, a sweep that came, an answer in the library. Nothing counts requests."""
    settings.LEDGER = tmp_path / "erased.txt"
    settings.CACHE_URL = f"unix://{tmp_path}/nobody.sock"
    settings.ACCOUNT_RATE_LIMITS = False
    throttle.forget()
    reference.seed_signposts(reference.seed_topics())
    reference.seed_risk_rules()
    now = timezone.now()
    Beacon.objects.update_or_create(name="sweep", defaults={"at": now})
    shelf.published(asked=now - timedelta(days=15), now=now, title="Lunch", topic=Topic.objects.first())
    yield now
    throttle.forget()


@pytest.fixture
def key(service):
    partner = Partner.objects.create(name="Harbour Youth", slug="harbour")
    return keys.issue(partner=partner, scopes=["ask", "read", "publish"], now=service)


@pytest.fixture
def valid(key):
    """{operation: (a body that it takes, the fields that are attacked)}."""
    partner, made = Partner.objects.get(), {}
    for name, make in {"new": make_question, "waiting": waiting, "answered": answered}.items():
        made[name] = receipts.draw()
        make(receipt=made[name], partner=partner, text="I eat lunch alone.")
    return {
        "questions/": (
            {"text": "hello", "age_band": "13-15"},
            ("text", "cards", "timeline", "topic", "nation", "email", "language", "about_staff"),
        ),
        "questions/read/": ({"receipt": made["new"]}, ("receipt",)),
        "questions/reply/": ({"receipt": made["waiting"], "text": "hello"}, ("text",)),
        "questions/follow-up/": ({"receipt": made["answered"], "text": "hello"}, ("text", "cards", "someone_else")),
        "questions/feedback/": ({"receipt": made["answered"], "felt_heard": True}, ("words", "next_step")),
        "questions/consent/": ({"receipt": made["answered"], "choice": "yes"}, ("choice", "round", "version")),
        "questions/erase/": ({"receipt": made["new"]}, ("receipt",)),
    }


@pytest.fixture
def browser(service):
    """Somebody who has opened an answered question, and is writing another one."""
    client, receipt = Client(raise_request_exception=False), receipts.draw()
    answered(receipt=receipt, text="I eat lunch alone.")
    assert client.post("/my-question/", {"receipt": receipt}).status_code == 302
    client.post("/ask/", ABOUT | {"shown": shown(client.get("/ask/"))})
    client.post("/ask/words/", {"text": "hello"})
    return client


def measured(browser, request):
    """Send it and undo it: (status, seconds on the wall, seconds of this thread on the processor)."""
    cookies = browser.cookies.output(header="", sep=";")
    with transaction.atomic():
        wall, own = time.perf_counter(), time.thread_time()
        status = request.send(browser).status_code
        own, wall = time.thread_time() - own, time.perf_counter() - wall
        transaction.set_rollback(True)
    browser.cookies = SimpleCookie(cookies)
    return status, wall, own


def sweep_up():
    """Look through what the run itself keeps for garbage, and never again: it grows, and is no request's doing."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def _swept():
    sweep_up()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("_swept")
def test_a_hostile_request_is_answered_at_once_and_never_with_a_5xx(browser, key, valid, figure):
    every = list(dict.fromkeys(hostile.everything(valid, key)))
    requests = list(islice(every, 0, None, STEP))
    for path in dict.fromkeys(request.path[:40] for request in requests):  # the first of a kind loads what it needs
        measured(browser, hostile.Request("GET", path))
    failed, slow, walls, owns, statuses = [], [], [], [], Counter()
    for number, request in enumerate(requests):
        if number % SWEPT == 0:
            sweep_up()
        status, wall, own = measured(browser, request)
        statuses[status] += 1
        walls.append(wall)
        owns.append(own)
        failed += [f"{status} {request}"] if status >= 500 else []
        slow += [f"{own * 1000:.0f} ms {request}"] if own >= SLOWEST else []
    figure(
        f"{len(requests):,} hostile requests of {len(every):,}", f"{len(failed)} answered 5xx, {len(slow)} over 200 ms"
    )
    figure("  answers", ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items())))
    for name, seconds in {"of the processor": sorted(owns), "on the wall": sorted(walls)}.items():
        worst, p99 = seconds[-1] * 1000, seconds[int(len(seconds) * 0.99)] * 1000
        figure(f"  milliseconds {name}", f"worst {worst:.0f}, 99 in 100 within {p99:.0f}")
    heaviest = sorted(zip(owns, map(str, requests), strict=True), reverse=True)[:3]
    for seconds, request in heaviest:
        figure(f"  {seconds * 1000:.0f} ms of the processor", request)
    assert failed == []
    assert slow == []
    assert len(requests) >= LEAST
