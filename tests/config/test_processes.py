import subprocess
import sys
import time
from pathlib import Path

import pytest

from config import reaper
from config.processes import Children, parse_procfile, shell

ENV = {"PATH": "/usr/bin:/bin", "PORT": "8123"}
STUBBORN = ["/bin/sh", "-c", "trap '' TERM; echo up; while :; do sleep 0.05; done"]


@pytest.fixture
def children():
    with Children(env=ENV) as family:
        yield family


def alive(pid):
    """Whether the process runs; one that has ended and waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def pump_until(children, condition):
    ended = []
    wait_for(lambda: ended.append(children.pump(0.02)) or condition())
    return [child for child in ended if child]


def test_procfile_lines_are_read_in_order():
    text = "# a note\n\nweb: serve --port ${PORT}\nworker-2:  work: hard \n"

    assert list(parse_procfile(text).items()) == [("web", "serve --port ${PORT}"), ("worker-2", "work: hard")]


@pytest.mark.parametrize("text", ["web serve", "web:", "we b: serve", "web: serve\nweb: again"])
def test_a_procfile_line_that_names_nothing_is_refused(text):
    with pytest.raises(ValueError, match="expected one `name: command` for each name, found: we"):
        parse_procfile(text)


def test_our_procfile_runs_web_worker_and_beat():
    procfile = Path(__file__).parents[2] / "Procfile"

    assert list(parse_procfile(procfile.read_text())) == ["web", "worker", "beat"]


def test_output_arrives_line_by_line_and_whole(children):
    lines = []
    child = children.spawn("echo", shell(r"printf 'one %s\ntwo\nthree' $PORT"), sink=lines.append)
    ended = pump_until(children, lambda: child not in children.running)

    assert lines == ["one 8123", "two", "three"]
    assert ended == [child]
    assert child.process.returncode == 0


def test_the_last_lines_of_an_unheard_child_are_kept(children):
    child = children.spawn("count", shell("sh -c 'seq 100; exit 3'"))
    pump_until(children, lambda: child not in children.running)

    assert list(child.tail) == [str(number) for number in range(81, 101)]
    assert child.process.returncode == 3


def test_a_command_that_is_not_there_says_so(children):
    lines = []
    child = children.spawn("lost", ["no-such-command"], sink=lines.append)
    pump_until(children, lambda: child not in children.running)

    assert lines == ["no-such-command cannot be run: No such file or directory."]
    assert child.process.returncode == 1


def test_a_child_that_ignores_the_request_is_killed_after_the_grace(children):
    lines = []
    child = children.spawn("stubborn", STUBBORN, sink=lines.append)
    pump_until(children, lambda: lines == ["up"])
    children.stop([child], grace=0.2)

    assert child.process.returncode == -9
    assert children.running == []


def test_what_a_child_left_in_its_group_ends_with_it(children):
    lines = []
    child = children.spawn("parent", ["/bin/sh", "-c", "sleep 60 & echo $!; sleep 0.2"], sink=lines.append)
    pump_until(children, lambda: child not in children.running)

    wait_for(lambda: not alive(int(lines[0])))


def test_leaving_the_context_stops_everyone():
    with Children(env=ENV) as family:
        first, second = (family.spawn("sleep", ["sleep", "60"]) for _ in range(2))

    assert (first.process.returncode, second.process.returncode) == (-15, -15)


def test_a_child_ends_with_a_killed_parent():
    script = (
        "import os, sys; sys.path.insert(0, '.')\n"
        "from config.processes import Children\n"
        "with Children(env=dict(os.environ)) as family:\n"
        "    print(family.spawn('sleep', ['sleep', '60']).process.pid, flush=True)\n"
        "    sys.stdin.read()\n"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", script], text=True, cwd=Path(__file__).parents[2], **pipes) as parent:
        pid = int(parent.stdout.readline())
        wait_for(lambda: Path(f"/proc/{pid}/comm").read_text() == "sleep\n")
        parent.kill()

    wait_for(lambda: not alive(pid))


def test_the_reaper_kills_only_what_was_left_to_it():
    with (
        subprocess.Popen(STUBBORN, process_group=0, stdout=subprocess.PIPE) as left,
        subprocess.Popen(["sleep", "60"], process_group=0) as taken_back,
    ):
        left.stdout.readline()
        reaper.reap([f"+{left.pid}\n", f"+{taken_back.pid}\n", f"-{taken_back.pid}\n"], grace=0.2)

        assert left.wait() == -9
        assert taken_back.poll() is None
        taken_back.kill()
