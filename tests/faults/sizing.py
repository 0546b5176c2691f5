"""How much one web process of the guide's machine does, and what it needs: measured, not estimated.

The process shares two processors with the database and with those who ask: this is what a whole machine does when
everybody opens the same page. seed() runs in the service's own environment.
"""

import http.client
import json
import os
import threading
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

ANSWERED = 200  # questions with their whole life behind them, in the library
AT_ONCE = 8


def seed():
    """An advisor's session, answers in the library, partners without a limit: printed as JSON with what they weigh."""
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
    from django.conf import settings
    from django.test import Client
    from django.utils import timezone

    from advisors.models import Role
    from questions.models import Topic
    from questions.partners.models import Partner
    from tests.journeys import seed as journeys
    from tests.questions.publication.shelf import published

    Partner.objects.update(requests_a_minute=30_000)
    advisor, client = journeys.join("weigher", Role.ADVISOR, None), Client()
    TOTP.activate(advisor, generate_totp_secret())
    client.force_login(advisor, backend=settings.AUTHENTICATION_BACKENDS[0])
    before, now, topic = _bytes(), timezone.now(), Topic.objects.get(slug="lonely")
    for number in range(ANSWERED):
        published(
            asked=now - timedelta(days=20), now=now - timedelta(days=1), topic=topic, title=f"Lunch alone {number}"
        )
    name = settings.SESSION_COOKIE_NAME
    cookie = f"{name}={client.cookies[name].value}"
    print(json.dumps({"cookie": cookie, "answered": (_bytes() - before) // ANSWERED}))


def _bytes():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return cursor.fetchone()[0]


def measure(machine, key, seconds):
    """{what: requests a second} with AT_ONCE at once for so many seconds, and {what: what it weighs}."""
    seeded = machine.type(f"manage shell --no-imports -c '{CALL}'").splitlines()[-1]
    found = json.loads(seeded)
    asking = json.dumps({"text": "I eat lunch alone at my new school.", "age_band": "16-17"})
    api = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    before, known = _database(machine), _number(machine, "SELECT count(*) FROM questions_question")
    pace = {"send a question": _pace(machine, "POST", "/api/v1/questions/", seconds, asking, api, {201})}
    asked = _number(machine, "SELECT count(*) FROM questions_question") - known
    grown = _database(machine) - before
    opening = json.dumps({"receipt": _receipt(machine, api, asking)})
    pace["open my question"] = _pace(machine, "POST", "/api/v1/questions/read/", seconds, opening, api, {200})
    pace["landing"] = _pace(machine, "GET", "/", seconds)
    search = "/library/?" + urlencode({"q": "lunch alone"})
    pace["library search"] = _pace(machine, "GET", search, seconds)
    pace["desk"] = _pace(machine, "GET", "/desk/", seconds, None, {"Cookie": found["cookie"]})
    names = (f"askpeer-web@{machine.env['PORT_1']}", "askpeer-worker@1", "askpeer-beat", "askpeer-redis")
    weight = {name.partition("@")[0]: f"{_memory(machine, name)} MiB" for name in names}
    weight |= {"a question as it is asked": f"{grown // asked} bytes"}
    weight |= {"an answered one in the library": f"{found['answered']} bytes"}
    return pace, weight


CALL = "from tests.faults import sizing; sizing.seed()"


def _database(machine):
    return _number(machine, "SELECT pg_database_size(current_database())")


def _number(machine, sql):
    return int(machine.type(f"manage dbshell -- -qAtX -c '{sql}'"))


def _receipt(machine, api, asking):
    with closing(_line(machine)) as line:
        _, said = _once(line, "POST", "/api/v1/questions/", asking, api)
        return json.loads(said)["receipt"]


def _line(machine):
    return http.client.HTTPConnection("127.0.0.1", int(machine.env["PORT_1"]), timeout=60)


def _once(line, method, path, body, headers):
    line.request(method, path, body, {"X-Forwarded-Proto": "https", "Host": "localhost", **headers})
    answer = line.getresponse()
    return answer.status, answer.read()


def _pace(machine, method, path, seconds, body=None, headers=None, fine=frozenset({200})):
    """Requests a second that one web process answers. Raises AssertionError on any other answer."""
    over, done, wrong = time.monotonic() + seconds, [], []

    def come():
        while time.monotonic() < over:
            with closing(_line(machine)) as line:
                status, _ = _once(line, method, path, body, headers or {})
            (done if status in fine else wrong).append(status)

    threads = [threading.Thread(target=come) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said = machine.log(f"askpeer-web@{machine.env['PORT_1']}")
    assert wrong == [], (path, wrong[:3], said[-3000:])
    return len(done) / seconds


def _memory(machine, name):
    """MiB of a unit with all it started, pages that several share counted once."""
    group = machine.running[name].process.pid
    mine = [path for path in Path("/proc").glob("[0-9]*") if _group(path) == group]
    return sum(_proportional(path) for path in mine) // 1024


def _group(path):
    try:
        return os.getpgid(int(path.name))
    except ProcessLookupError:
        return None


def _proportional(path):
    """KiB."""
    for line in (path / "smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0
