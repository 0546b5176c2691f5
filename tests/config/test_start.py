"""The real command, with the real Procfile, in a data directory of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from config import paths

ROOT = Path(__file__).parents[2]
ELSEWHERE = {"DATABASE_URL", "REDIS_URL"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@contextmanager
def start(home, **more):
    environment = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    process = subprocess.Popen(
        [sys.executable, "manage.py", "start", "--no-demo"],
        cwd=ROOT,
        env=environment | {"ASKPEER_HOME": str(home), "PORT": free_port()} | more,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.terminate()
            process.stdout.read()


def processes_of(home):
    """The process ids of everything that runs with this data directory."""
    environment, sockets = f"ASKPEER_HOME={home}", f"{paths.run_dir(home)}/"
    return sorted(
        int(entry.name)
        for entry in Path("/proc").glob("[0-9]*")
        # The servers write their title over their environment.
        if environment in read(entry / "environ").split("\0") or sockets in read(entry / "cmdline")
    )


def read(path):
    try:
        return path.read_text()
    except OSError:  # the process has ended, or it is not ours
        return ""


def name_of(pid):
    """Which of the service's processes this is."""
    words = re.split(r"[\0 /]", read(Path(f"/proc/{pid}/cmdline")))
    names = {"start": "start", "broker.sock": "broker", "cache.sock": "cache", "gunicorn": "web"}
    names |= {"worker": "worker", "beat": "beat", "reaper.py": "reaper"}
    return next((name for word, name in names.items() if word in words), " ".join(words))


def until_running(process):
    said = []
    for line in process.stdout:
        said.append(line)
        if line.startswith("askpeer is running at "):
            return line.split()[-1]
    raise AssertionError("it ended without running:\n" + "".join(said))


def assert_none_left(home, seconds=60):
    deadline = time.monotonic() + seconds
    while processes_of(home) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes_of(home) == []


def status_of(address):
    try:
        with urllib.request.urlopen(address) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


@pytest.fixture
def home(tmp_path):
    yield tmp_path
    for pid in processes_of(tmp_path):
        os.kill(pid, signal.SIGKILL)


def test_one_runs_at_a_time_and_a_request_to_end_stops_everything_gracefully(home, tmp_path_factory):
    with start(home) as first:
        address = until_running(first)
        port = address.rstrip("/").rpartition(":")[2]
        status = status_of(address)
        running = {name_of(pid) for pid in processes_of(home)}
        with start(home) as second, start(tmp_path_factory.mktemp("other"), PORT=port) as third:
            answers = [second.stdout.read(), third.stdout.read()]
        first.terminate()
        said = first.stdout.read()

    assert status == 200
    assert running == {"start", "reaper", "broker", "cache", "web", "worker", "beat"}
    assert answers == [
        f"CommandError: askpeer is already running with its data in {home}. Stop it first (Ctrl+C there).\n",
        f"CommandError: Port {port} is in use. Set PORT to a free one, or leave it out to take the next free one.\n",
    ]
    assert [line for line in said.splitlines() if line and "|" not in line] == ["Ctrl+C stops it.", "Stopping."]
    assert (first.returncode, second.returncode, third.returncode) == (0, 1, 1)
    assert_none_left(home)


def test_a_killed_one_leaves_a_usable_home_and_the_next_ends_when_a_process_of_its_own_dies(home):
    with start(home) as process:
        until_running(process)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    assert_none_left(home)

    with start(home) as again:
        until_running(again)
        worker = min(pid for pid in processes_of(home) if name_of(pid) == "worker")
        os.kill(worker, signal.SIGKILL)
        said = again.stdout.read()
    assert again.returncode == 1
    assert said.splitlines()[-1] == "CommandError: worker ended by itself (status -9), so everything is stopped."
    assert_none_left(home)


def test_an_unfit_database_is_a_sentence_and_no_server_s_trace(home):
    (home / "restoring").write_text("backup\n")
    with start(home, ASKPEER_LEDGER=str(home / "erased.txt")) as process:
        said = process.stdout.read()

    assert process.returncode == 1
    assert said == (
        "CommandError: A backup is being brought back, or that was broken off. Run manage.py restore FILE again, "
        "or restore --replay to go on with the database as it is.\n"
    )
    assert_none_left(home)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY: expected at least 50 random characters."),
        ("ASKPEER_HOME", "/dev/null", "/dev/null cannot be used to keep askpeer's data"),
        ("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none", "CommandError: The database (DATABASE_URL) cannot be"),
    ],
)
def test_a_wrong_setting_is_a_sentence_that_names_it(home, name, value, sentence):
    with start(home, **{name: value}) as process:
        said = process.stdout.read()

    assert process.returncode == 1
    assert said.count("\n") == 1
    assert said.startswith(sentence)
