"""A flood of junk from one network: all of it is kept and read apart, and whoever asks meanwhile is served.

`manage.py faults` sends 10,000 POSTs and holds the time genuine askers wait to two seconds; the test run sends fewer
and times nothing.
"""

import http.client
import os
import re
import statistics
import threading
import time
from contextlib import closing
from urllib.parse import urlencode, urlsplit

import pytest

from tests.journeys import service
from tests.journeys.mailbox import Mailbox

pytestmark = [pytest.mark.journey, pytest.mark.faults]
LONG = os.environ.get("HYPOTHESIS_PROFILE") == "faults"
POSTS = 9999 if LONG else 300  # three make a question
SENDERS = 16
SLOWEST = 2.0  # seconds, at the 95th percentile
COUNT = """
from questions.models import Question
for age in ("13-15", "16-17"):
    for apart in (True, False):
        print(Question.objects.filter(age_band=age, quarantined=apart).count())
"""


class Sender:
    """A program with cookies of its own; network is what our proxy says it comes from."""

    def __init__(self, url, network):
        self.host, self.network, self.cookies, self.waited = urlsplit(url).netloc, network, {}, []

    def ask(self, path, **fields):
        """GET, or POST where there are fields; return the page. Raises AssertionError for an answer of 5xx."""
        headers = {"X-Forwarded-For": self.network, "Cookie": "; ".join(f"{n}={v}" for n, v in self.cookies.items())}
        body = None
        if fields:
            body = urlencode(fields | {"csrfmiddlewaretoken": self.token}, doseq=True)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.monotonic()
        with closing(http.client.HTTPConnection(self.host, timeout=60)) as line:
            line.request("POST" if fields else "GET", path, body, headers)
            answer = line.getresponse()
            page = answer.read().decode()
        self.waited.append(time.monotonic() - began)
        assert answer.status < 400, (path, answer.status)
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        return page

    def begin(self):
        page = self.ask("/ask/")
        self.token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        return re.search(r'name="shown" value="([^"]*)"', page)[1]

    def send(self, text, *, shown, age, wait=0.0):
        """The three pages of one question."""
        self.cookies.pop("n", None)
        self.ask("/ask/", age_band=age, nation="", writer="anyone", shown=shown)
        self.ask("/ask/words/", text=text)
        time.sleep(wait)
        self.ask("/ask/check/", email="")
        return self.ask("/ask/receipt/")


@pytest.fixture(scope="module")
def flooded(tmp_path_factory):
    with Mailbox() as letters, service.running(tmp_path_factory.mktemp("flood"), letters, ASKPEER_PROXIES="1") as found:
        yield found


@pytest.mark.timeout(1800)
def test_a_flood_is_read_apart_and_keeps_nobody_out(flooded, capsys):
    left, lock = [POSTS // 3], threading.Lock()

    def more():
        with lock:
            left[0] -= 1
            return left[0] >= 0

    def pour():
        sender = Sender(flooded.url, "203.0.113.9")
        shown = sender.begin()
        while more():
            sender.send("Cheap watches and bags for everybody in your school this week only", shown=shown, age="13-15")

    senders = [threading.Thread(target=pour) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    waited, asked = genuine(flooded, senders)
    for sender in senders:
        sender.join()
    said = flooded.command("shell", "--no-imports", "-c", COUNT)
    junk_apart, junk_among, genuine_apart, genuine_among = map(int, said.split())
    assert (junk_apart + junk_among, genuine_apart, genuine_among) == (POSTS // 3, 0, asked)  # nothing is lost
    assert junk_apart > 0
    slow = statistics.quantiles(waited, n=20)[-1]
    with capsys.disabled():
        print(f"\n{POSTS} junk posts, {junk_apart} of {POSTS // 3} questions read apart;", end=" ")
        print(f"{asked} genuine askers, {len(waited)} requests: 95 % within {slow:.2f} s")
    if LONG:
        assert slow < SLOWEST
        assert junk_apart >= 0.99 * POSTS / 3  # the limits open while the cache gives no answer


def genuine(flooded, senders):
    """One asker after another, each from a network of their own, for as long as the flood lasts."""
    waited, asked = [], 0
    while any(sender.is_alive() for sender in senders) or not asked:
        asker = Sender(flooded.url, f"198.51.{asked % 250}.7")
        page = asker.send(f"I am the {asked}. to ask today.", shown=asker.begin(), age="16-17", wait=3.1)
        assert page.count("<li>") >= 6
        waited += asker.waited
        asked += 1
    return waited, asked
