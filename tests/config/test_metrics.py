"""/metrics: what the operator's Prometheus reads, and what nobody reads there."""

import re
from datetime import timedelta

import pytest
import time_machine

from advisors.drafting.models import Claim
from advisors.duty import presence
from advisors.team.models import CheckIn, SupportCall
from askpeer import history
from askpeer import metrics as writing
from askpeer.models import Beacon, OutboxRow
from config import metrics
from questions import states
from questions.models import Question, Round
from questions.partners.models import Partner
from tests.factories import PersonFactory, SupervisorFactory, TopicFactory, make_question

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-the-operator"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
LINE = re.compile(r'(?P<name>[a-z_]+)(?:\{(?P<label>[a-z]+)="(?P<value>[^"\\\n]*)"\})? (?P<number>[0-9.e+]+)')
# All there is: each name with the values that its label may have.
WHOLE = {
    "askpeer_build_info": {("version", "0.1.0")},
    "askpeer_questions": {("status", status) for status in states.STATUSES},
    "askpeer_questions_unfinished": {("level", level) for level in ("green", "amber", "red")},
    "askpeer_questions_waiting": {("age", age) for age in ("under_1d", "to_3d", "to_7d", "over_7d")},
    "askpeer_questions_late": {("", "")},
    "askpeer_alarm_overdue_seconds": {("", "")},
    "askpeer_outbox_rows": {("state", state) for state in ("waiting", "leased", "sent", "dropped", "dead")},
    "askpeer_outbox_oldest_seconds": {("", "")},
    "askpeer_sweep_ever": {("", "")},
    "askpeer_sweep_age_seconds": {("", "")},
    "askpeer_trail_unsealed": {("", "")},
    "askpeer_claims_open": {("", "")},
    "askpeer_on_duty": {("", "")},
}


@pytest.fixture
def clock(now):
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def operator(settings):
    settings.METRICS_TOKEN = TOKEN
    metrics.forget()
    yield
    metrics.forget()


def parsed(text):
    """{name: {(label, value): number}}; each family has its HELP and TYPE first, and every line ends."""
    found, announced = {}, []
    assert text.endswith("\n")
    for line in text.splitlines():
        if line.startswith("#"):
            announced.append(line.split(" ", 3)[1:3])
            continue
        sample = LINE.fullmatch(line)
        assert sample, line
        name = sample["name"]
        assert announced[-2:] == [["HELP", name], ["TYPE", name]]
        key = sample["label"] or "", sample["value"] or ""
        assert key not in found.setdefault(name, {})
        found[name][key] = float(sample["number"])
    return found


def scraped(client):
    answer = client.get("/metrics", headers=BEARER)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer["Cache-Control"] == "no-store"
    return parsed(answer.content.decode())


def row(now, state, ago):
    settled = None if state in {"waiting", "leased"} else now
    leased = now + DAY if state == "leased" else None
    return OutboxRow.objects.create(
        key=f"{state}:{ago}",
        kind="invitation",
        state=state,
        due_at=now - ago,
        created_at=now,
        settled_at=settled,
        leased_until=leased,
    )


def test_an_empty_house_says_everything_with_nothing_in_it(client):
    found = scraped(client)
    assert {name: set(samples) for name, samples in found.items()} == WHOLE
    assert sum(number for samples in found.values() for number in samples.values()) == 1  # the version


def test_a_full_house_says_no_more_names_than_an_empty_one(client, calendar, clock, now):
    partner, topic = Partner.objects.create(name="Harbour", slug="harbour"), TopicFactory(label="Lonely")
    sam, ruth = PersonFactory(alias="Sam"), SupervisorFactory(alias="Ruth")
    make_question(now=now, partner=partner, topic=topic, text="My secret.", language="nl", email="me@x.example")
    SupportCall.objects.create(person=sam, called_at=now)
    CheckIn.objects.create(person=sam, day=now.date(), mood="hard", at=now)
    presence.go_on(person=ruth, now=now)
    OutboxRow.objects.create(key="x", kind="no-such-kind", due_at=now, created_at=now)
    text = client.get("/metrics", headers=BEARER).content.decode()
    assert {name: set(samples) for name, samples in parsed(text).items()} == WHOLE
    said = (
        "harbour",
        "lonely",
        "sam",
        "ruth",
        "secret",
        "x.example",
        "13-15",
        "gb-",
        "support",
        "check",
        "mood",
        "kind",
    )
    assert [word for word in said if word in text.lower()] == []


def test_the_numbers_are_those_of_the_database(client, calendar, clock, now):
    ages = {"green": DAY - SECOND, "amber": DAY, "red": 7 * DAY}
    for level, ago in ages.items():
        make_question(now=now - ago, level=level)
    Question.objects.update(alarm_at=None)
    Question.objects.filter(level="red").update(alarm_at=now - 90 * SECOND, status=states.OPEN)
    Round.objects.update(promised_at=now + DAY, due_at=now + DAY)
    Round.objects.filter(question__level="red").update(promised_at=now, due_at=now)
    Claim.objects.create(
        question=Question.objects.get(level="amber"), person=PersonFactory(), round_number=1, claimed_at=now
    )
    presence.go_on(person=SupervisorFactory(), now=now)
    for state, ago in (
        ("waiting", 5 * SECOND),
        ("leased", 8 * SECOND),
        ("dead", DAY),
        ("sent", DAY),
        ("waiting", -DAY),
    ):
        row(now, state, ago)
    Beacon.objects.create(name="sweep", at=now - 12.5 * SECOND)
    Beacon.objects.create(name="relay", at=now)
    history.record(subject="service", kind="started", actor="service", now=now)
    found = scraped(client)
    assert found["askpeer_questions"] == {("status", one): {"new": 2, "open": 1}.get(one, 0) for one in states.STATUSES}
    assert set(found["askpeer_questions_unfinished"].values()) == {1}
    waiting = {value: number for (_, value), number in found["askpeer_questions_waiting"].items()}
    assert waiting == {"under_1d": 1, "to_3d": 1, "to_7d": 0, "over_7d": 1}
    outbox = {value: number for (_, value), number in found["askpeer_outbox_rows"].items()}
    assert outbox == {"waiting": 2, "leased": 1, "sent": 1, "dropped": 0, "dead": 1}
    assert {name: samples["", ""] for name, samples in found.items() if ("", "") in samples} == {
        "askpeer_questions_late": 1,
        "askpeer_alarm_overdue_seconds": 90,
        "askpeer_outbox_oldest_seconds": 8,
        "askpeer_sweep_ever": 1,
        "askpeer_sweep_age_seconds": 12.5,
        "askpeer_trail_unsealed": 1,
        "askpeer_claims_open": 1,
        "askpeer_on_duty": 1,
    }


@pytest.mark.parametrize("late_by", [0 * SECOND, SECOND])
def test_late_is_from_the_promised_second_on(client, calendar, clock, now, late_by):
    make_question(now=now - DAY)
    Round.objects.update(promised_at=now - DAY, due_at=now + SECOND - late_by)
    assert scraped(client)["askpeer_questions_late"]["", ""] == (1 if late_by else 0)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": TOKEN},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": f"bearer {TOKEN}"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer ümlaut\ud800"},
        {"Authorization": f"Bearer {'x' * 200_000}"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
def test_without_the_token_there_is_no_such_page(client, headers, method):
    assert client.generic(method, "/metrics", headers=headers).status_code == 404


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
@pytest.mark.parametrize("headers", [{}, BEARER, {"Authorization": "Bearer "}])
def test_without_a_token_set_there_is_no_such_page_for_anybody(client, settings, headers, method):
    settings.METRICS_TOKEN = ""
    assert client.generic(method, "/metrics", headers=headers).status_code == 404


def test_a_manager_and_a_partner_are_no_operators(client, settings, calendar):
    settings.SECOND_FACTOR = False
    client.force_login(SupervisorFactory(role="manager"))
    assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_it_is_only_read(client, method):
    assert client.generic(method, "/metrics", headers=BEARER).status_code == 405


def test_a_probe_may_ask_for_its_head_alone(client):
    assert client.head("/metrics", headers=BEARER).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_for_one_and_for_three(client, calendar, clock, now, count, django_assert_num_queries):
    for number in range(count):
        question = make_question(now=now)
        Claim.objects.create(question=question, person=PersonFactory(), round_number=1, claimed_at=now)
        presence.go_on(person=SupervisorFactory(), now=now)
        row(now, "waiting", number * SECOND)
    with django_assert_num_queries(10):
        scraped(client)


def test_it_counts_once_in_ten_seconds(client, calendar, clock, now, django_assert_num_queries):
    first = scraped(client)
    make_question(now=now)
    with django_assert_num_queries(0):
        assert scraped(client) == first
    at, page = metrics._kept["page"]
    metrics._kept["page"] = (at - metrics.KEPT_SECONDS, page)
    assert scraped(client)["askpeer_questions"]["status", "new"] == 1


def test_what_no_list_of_ours_has_is_left_out():
    metric = writing.by("state", "rows", "Rows.", ["waiting"], {"waiting": 2, 'x"} 1\n': 7})
    assert metric.samples == [("waiting", 2)]
