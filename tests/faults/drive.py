"""People who ask and people who answer, as fast as a program can. Each repeats a request until there is an answer."""

import http.client
import json
import queue
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

TEXT = "I eat lunch alone at my new school. It is day {number}."
ANSWER = (
    "You eat lunch alone at your new school, and it is day {number} of it. That is hard, and it says nothing bad about "
    "you.\n\nYou could ask one person in your form what they do at lunch. One small step is enough."
)
DETAILS = {"detail_1": "lunch alone", "detail_2": "new school"}
RUBRIC = dict.fromkeys(("reaction", "interpretation", "exploration"), "2")
MARKS = {
    "safe": "on",
    "accurate": "on",
    "personal": "yes",
    "within_limits": "yes",
    "phrase": "One small step",
    **RUBRIC,
}
WAY = ("new", "open", "in_progress", "in_review", "answered")
PATIENCE = 120  # seconds for one request, however often it is repeated
TRIES = 5  # of one step that was answered, and is still not done
ASKERS = 2


class Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: str

    def json(self):
        return json.loads(self.body)


class Failure(NamedTuple):
    """An answer of 5xx: when the request began and ended (time.monotonic()), and whether what was typed came back."""

    path: str
    status: int
    kind: str
    began: float
    ended: float
    kept: bool


@dataclass
class Question:
    """What its asker and the partner know of it."""

    number: int
    key: str = field(repr=False)
    email: str = ""
    id: str = ""
    receipt: str = field(default="", repr=False)

    @property
    def answer(self):
        return ANSWER.format(number=self.number)


class Device:
    """One program at one address. failures: every answer of 5xx it was given."""

    def __init__(self, url, failures, cookies=None):
        self.host, self.failures, self.cookies = urlsplit(url).netloc, failures, cookies or {}

    def call(self, path, key, body, **headers):
        """POST to the API."""
        headers |= {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        return self._until_answered(f"/api/v1/{path}", json.dumps(body), headers)

    def submit(self, path, typed="", **fields):
        """POST a form; typed is what its page must give back where it cannot be saved."""
        fields |= {"csrfmiddlewaretoken": self.cookies["csrftoken"]} | ({"text": typed} if typed else {})
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        return self._until_answered(path, urlencode(fields), headers, typed.partition("\n")[0])

    def _until_answered(self, path, body, headers, typed=""):
        """Again while nobody is there, the service failed, or the key has asked too often."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            began = time.monotonic()
            try:
                answer = self._once(path, body, headers)
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
                continue
            if answer.status >= 500:
                kind, kept = answer.headers.get_content_type(), typed in answer.body
                self.failures.append(Failure(path, answer.status, kind, began, time.monotonic(), kept))
                time.sleep(0.1)
            elif answer.status == 429:
                time.sleep(1)
            else:
                return answer
        raise AssertionError(f"No answer from {path} in {PATIENCE} s.")

    def _once(self, path, body, headers):
        with closing(http.client.HTTPConnection(self.host, timeout=60)) as line:
            line.request("POST", path, body, headers)
            answer = line.getresponse()
            return Answer(answer.status, answer.headers, answer.read().decode())


class Team:
    """An advisor and a supervisor, who have signed in."""

    def __init__(self, service, number, failures):
        self.advisor, self.supervisor = (
            Device(service.url, failures, {cookie.name: cookie.value for cookie in service.signed_in(name).cookies})
            for name in (f"advisor{number}", f"supervisor{number}")
        )

    def write(self, question):
        """From the first reading to the draft that waits for review."""
        at = f"/review/{question.id}/triage/"
        self._step(question, "open", self.supervisor, at, version=1, summary="Lunch at a new school.")
        self._step(question, "in_progress", self.advisor, f"/desk/{question.id}/claim/", version=2)
        draft = {"typed": question.answer, "version": 3, "do": "send", **DETAILS}
        self._step(question, "in_review", self.advisor, f"/desk/{question.id}/write/", base=0, **draft)

    def approve(self, question):
        self._step(question, "answered", self.supervisor, f"/review/{question.id}/approve/", number=1, **MARKS)

    def _step(self, question, to, device, path, **fields):
        """One POST. Refused where an earlier one arrived though its answer did not: then the question stands there."""
        for _ in range(TRIES):
            answer = device.submit(path, **fields)
            if answer.status == 302 and not answer.headers["Location"].startswith("/accounts/"):
                return
            if WAY.index(read(device, question)["status"]) >= WAY.index(to):
                return
            if "base" in fields and answer.status == 409:
                fields["base"] = 1  # the draft was saved, and not sent
        raise AssertionError(f"{path} is not done, but answered {answer.status}: {answer.body}")


def read(device, question):
    """What the asker's six words open."""
    return device.call("questions/read/", question.key, {"receipt": question.receipt}).json()


def ask(device, question):
    """Ask, under a key that makes a repeated request the same one. Returns whether the first answer had been lost."""
    body = {
        "text": TEXT.format(number=question.number),
        "age_band": "16-17",
        "topic": "lonely",
        "email": question.email,
    }
    headers = {"Idempotency-Key": f"question-{question.number}"}
    answer = device.call("questions/", question.key, body, **headers)
    assert answer.status == 201, answer.body
    question.id, question.receipt = answer.json()["id"], answer.json()["receipt"]
    return "Idempotent-Replay" in answer.headers


class Crowd:
    """Askers and teams at work, each in a thread of its own.

    Of every `emails` questions one leaves an address. replayed counts the askers whose first answer was lost.
    """

    def __init__(self, service, *, count, teams, emails):
        self.service, self.failures, self.broken = service, [], []
        keys = service.sign_ins["partner_keys"]
        self.questions = [
            Question(number, keys[number % len(keys)], f"asker{number}@asker.example" if number % emails == 0 else "")
            for number in range(count)
        ]
        self.unasked, self.asked = iter(self.questions), queue.Queue(maxsize=4 * teams)
        self.lock, self.answered, self.replayed = threading.Lock(), 0, 0
        self.teams = [Team(service, number, self.failures) for number in range(teams)]
        self.askers = [threading.Thread(target=self._guarded, args=[self._ask], daemon=True) for _ in range(ASKERS)]
        self.workers = [
            threading.Thread(target=self._guarded, args=[self._answer, team], daemon=True) for team in self.teams
        ]

    def start(self):
        for thread in [*self.askers, *self.workers]:
            thread.start()

    @property
    def is_done(self):
        return not any(thread.is_alive() for thread in [*self.askers, *self.workers])

    def check(self):
        """Raise what went wrong in one of the threads."""
        if self.broken:
            raise self.broken[0]

    def _guarded(self, work, *given):
        try:
            work(*given)
        except BaseException as problem:  # noqa: BLE001  (raised again by check, in the thread of the test)
            self.broken.append(problem)

    def _ask(self):
        device = Device(self.service.url, self.failures)
        while not self.broken and (question := self._next()):
            lost = ask(device, question)
            with self.lock:
                self.replayed += lost
            self.asked.put(question, timeout=2 * PATIENCE)

    def _next(self):
        with self.lock:
            return next(self.unasked, None)

    def _answer(self, team):
        while not self.broken and self.answered < len(self.questions):
            try:
                question = self.asked.get(timeout=0.5)
            except queue.Empty:
                continue
            team.write(question)
            team.approve(question)
            with self.lock:
                self.answered += 1
