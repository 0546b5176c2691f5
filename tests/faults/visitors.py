"""People who come by while a machine is worked on: each request is made once, and nobody is asked to try again."""

import http.client
import json
import ssl
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from urllib.parse import urlsplit

PAGES = ("/", "/library/", "/ask/", "/my-question/")
FINE = {200, 201}
PAUSE = 0.15  # seconds before the next page


@dataclass
class Door:
    """The way in: the service's address, and the certificate that it shows."""

    url: str
    certificate: str
    context: ssl.SSLContext = field(init=False, repr=False)

    def __post_init__(self):
        self.context = ssl.create_default_context(cafile=self.certificate)

    def request(self, method, path, body=None, **headers):
        """One request over a connection of its own: (status, body). Raises OSError, HTTPException."""
        status, _, said = self.answer(method, path, body, **headers)
        return status, said

    def answer(self, method, path, body=None, **headers):
        """The same with the headers that came: (status, headers, body)."""
        where = urlsplit(self.url)
        line = http.client.HTTPSConnection(where.hostname, where.port, timeout=60, context=self.context)
        with closing(line):
            line.request(method, path, body, headers)
            answer = line.getresponse()
            return answer.status, answer.headers, answer.read().decode()

    def call(self, path, key, body):
        """POST to the API: (status, what came back)."""
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        status, said = self.request("POST", f"/api/v1/{path}", json.dumps(body), **headers)
        return status, json.loads(said)

    def ask(self, key, number):
        """Ask one question; return its six words."""
        text = f"I eat lunch alone at my new school. It is day {number}."
        status, said = self.call("questions/", key, {"text": text, "age_band": "16-17"})
        assert status == 201, said
        return said["receipt"]

    def opens(self, key, receipt):
        """The text that these six words open, or None."""
        status, said = self.call("questions/read/", key, {"receipt": receipt})
        return said["messages"][0]["text"] if status == 200 else None

    def erase(self, key, receipt):
        status, said = self.call("questions/erase/", key, {"receipt": receipt})
        assert status == 200, said


class Visitors:
    """So many at once, until they are told to go: pages, then a question. asked: {six words: its number}."""

    def __init__(self, door, keys, *, count):
        self.door, self.keys, self.asked, self.seen = door, keys, {}, []
        self.over, self.lock = threading.Event(), threading.Lock()
        self.threads = [threading.Thread(target=self._come, args=[number], daemon=True) for number in range(count)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()

    @property
    def failed(self):
        """{what came instead: how often}."""
        return dict(Counter(f"{what} {came}" for what, came, _ in self.seen if came not in FINE))

    @property
    def longest(self):
        """Seconds that one of them waited."""
        return max(seconds for _, _, seconds in self.seen)

    def _come(self, visitor):
        number = visitor
        while not self.over.is_set():
            for page in PAGES:
                self._note(f"GET {page}", lambda page=page: self.door.request("GET", page)[0])
            self._note("POST", lambda number=number: self._ask(number))
            number += len(self.threads)

    def _ask(self, number):
        receipt = self.door.ask(self.keys[number % len(self.keys)], number)
        with self.lock:
            self.asked[receipt] = number
        return 201

    def _note(self, what, act):
        began = time.monotonic()
        try:
            came = act()
        except Exception as problem:  # noqa: BLE001  (whatever it is, somebody's request did not come through)
            came = type(problem).__name__ + f" {str(problem)[:80]}"
        with self.lock:
            self.seen.append((what, came, time.monotonic() - began))
        self.over.wait(PAUSE)
