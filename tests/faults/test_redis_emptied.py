"""The broker emptied, by a command and by a kill that takes its files along: what is due is done all the same."""

import itertools
import shutil
import signal
import time
from email import message_from_bytes

import pytest

from tests.faults import drive
from tests.faults.size import size
from tests.journeys import service
from tests.journeys.mailbox import Mailbox
from tests.journeys.service import until

pytestmark = pytest.mark.faults

TIMES = size(2, 10)
OLD, EVERY = size(8, 60), 5  # questions of days ago, and seconds between one that gets late and the next
LONGEST = 60  # seconds from due to done


class Stamped(list):
    """Letters; came holds when the first to each address was there (time.time())."""

    def __init__(self):
        super().__init__()
        self.came = {}

    def append(self, letter):
        super().append(letter)
        self.came.setdefault(message_from_bytes(letter)["To"], time.time())


class Emptier:
    """Empties the broker with work in it. due: the moment each letter was put, by its address."""

    def __init__(self, running, letters):
        self.service, self.letters, self.failures, self.due = running, letters, [], {}
        self.device, self.team = drive.Device(running.url, self.failures), drive.Team(running, 0, self.failures)
        self.numbers, self.questions = itertools.count(), []

    def empty(self, how):
        """One letter is put before, one while it happens, and no later one wakes a worker; return when both came."""
        before, meanwhile = self._written(), self._written()
        self.service.signal("worker", signal.SIGSTOP)  # what it would do next lies in the broker
        self._approve(before)
        how(lambda: self._approve(meanwhile))
        self.service.signal("worker", signal.SIGCONT)
        until(lambda: self.due.keys() <= self.letters.came.keys(), what="the letters", seconds=3 * LONGEST)

    def flush(self, act):
        act()
        for connection in self.service.redis().values():
            with connection:
                connection.flushall()

    def kill(self, act):
        self.service.kill("broker")
        shutil.rmtree(self.service.home / "broker", ignore_errors=True)
        act()
        self.service.run("broker")

    def _written(self):
        """A question whose answer waits for its signature."""
        number = next(self.numbers)
        question = drive.Question(number, self.service.sign_ins["partner_keys"][0], f"asker{number}@asker.example")
        drive.ask(self.device, question)
        self.team.write(question)
        self.questions.append(question)
        return question

    def _approve(self, question):
        self.due[question.email] = time.time()
        self.team.approve(question)


@pytest.mark.timeout(1500)
def test_an_empty_broker_delays_what_is_due_by_a_minute_at_most(tmp_path, figure):
    seed = f"from tests.faults import before; before.main(teams=1, old={OLD}, seconds={OLD * EVERY})"
    with Mailbox() as mailbox, service.running(tmp_path, mailbox, seed=seed) as running:
        mailbox.letters = letters = Stamped()
        until(lambda: running.health()["last_sweep_at"], what="the first sweep")
        emptier, began = Emptier(running, letters), time.time()
        for number in range(TIMES):
            emptier.empty(emptier.flush if number % 2 else emptier.kill)
        ended = time.time()
        late = {old["email"]: old["due"] for old in running.sign_ins["old"] if began <= old["due"] <= ended}
        due = emptier.due | late
        until(lambda: due.keys() <= letters.came.keys(), what="those who are late", seconds=3 * LONGEST)
        statuses = {drive.read(emptier.device, question)["status"] for question in emptier.questions}
    assert (statuses, emptier.failures) == ({"answered"}, [])
    delays = sorted(letters.came[address] - moment for address, moment in due.items())
    figure(
        f"Redis emptied {TIMES} times",
        f"0 of {len(due)} lost ({len(late)} of them fell due by the clock), "
        f"delay {delays[len(delays) // 2]:.1f} s in the middle, {delays[-1]:.1f} s at most",
    )
    assert delays[-1] <= LONGEST
