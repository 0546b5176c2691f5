"""What asker tests share: crisis services, phrases, topics, and a browser that has asked."""

import re
from datetime import UTC, datetime

import pytest
import time_machine

from config import embedded
from config.processes import Children
from questions.intake.models import RiskRule
from questions.models import Signpost, SignpostChannel, Topic

MONDAY = datetime(2026, 11, 16, 11, tzinfo=UTC)
UK = ["GB-ENG", "GB-SCT", "GB-WLS", "GB-NIR"]


@pytest.fixture
def crisis(db):
    """Four invented-order services of the UK, one of them for Northern Ireland alone, and one of Belgium."""
    rows = [
        ("999", "GB", UK, 0, 120, [("phone", "999")]),
        ("Childline", "GB", UK, 0, 18, [("phone", "0800 1111"), ("chat", "https://chat.example/")]),
        ("Shout", "GB", UK, 0, 120, [("text", "Text SHOUT to 85258")]),
        ("Lifeline", "GB", ["GB-NIR"], 0, 120, [("phone", "0808 808 8000")]),
        ("Awel", "BE", [], 0, 25, [("phone", "102")]),
    ]
    for position, (name, country, nations, youngest, oldest, ways) in enumerate(rows):
        row = Signpost.objects.create(
            slug=name.lower(),
            name=name,
            summary=f"About {name}.",
            country=country,
            nations=nations,
            min_age=youngest,
            max_age=oldest,
            crisis=True,
            position=position,
        )
        for kind, value in ways:
            SignpostChannel.objects.create(signpost=row, kind=kind, value=value)


@pytest.fixture
def phrases(db):
    """Two rules of English and one of Dutch."""
    RiskRule.objects.create(label="Not safe", level="red", phrases=["not safe tonight", "going to end it"])
    RiskRule.objects.create(label="Dark thoughts", level="amber", phrases=["dont want to be here"])
    RiskRule.objects.create(label="Niet veilig", level="red", language="nl", phrases=["niet veilig vannacht"])


@pytest.fixture
def topic(db):
    return Topic.objects.create(slug="lonely", label="Lonely")


@pytest.fixture
def site(client, calendar, crisis):
    """Django's test client on a service with hours and crisis services."""
    client.raise_request_exception = True
    return client


@pytest.fixture
def clock():
    with time_machine.travel(MONDAY, tick=False) as travelling:
        yield travelling


ABOUT = {"age_band": "13-15", "nation": "GB-ENG", "wants": ["listening"], "writer": "anyone"}


def shown(response) -> str:
    """The signed promise that the first page carries."""
    return re.search(r'name="shown" value="([^"]*)"', response.content.decode()).group(1)


def ask(client, *, text="I feel alone at my new school.", about=ABOUT, email="", **words):
    """Go through the three pages as a browser does; return the last answer."""
    client.post("/ask/", about | {"shown": shown(client.get("/ask/"))})
    client.post("/ask/words/", {"text": text} | words)
    return client.post("/ask/check/", {"email": email})


def words_on(response) -> str:
    """The six words as they stand in the page's list."""
    listed = response.content.decode().split('id="words"')[1].split("</ol>")[0]
    return " ".join(line.split("<li>")[1].split("</li>")[0] for line in listed.splitlines() if "<li>" in line)


@pytest.fixture
def cache(settings, tmp_path):
    """A real cache for the limits, for this test alone."""
    from askpeer import throttle
    from config import paths

    with Children(env={}) as children:
        embedded.start(children=children, home=tmp_path)
        settings.CACHE_URL = f"unix://{paths.run_dir(tmp_path)}/cache.sock"
        throttle._made.cache_clear()
        throttle._opened_at["breaker"] = 0.0
        yield
        throttle._cache().close()
        throttle._made.cache_clear()
