"""Child processes that run side by side and never outlive the one that started them."""

import os
import re
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

TETHER = Path(__file__).with_name("tether.py")
REAPER = Path(__file__).with_name("reaper.py")
Sink = Callable[[str], object]


def parse_procfile(text: str) -> dict[str, str]:
    """Return {name: command line} in the file's order. Raises ValueError with the line that is wrong."""
    lines = [line.strip() for line in text.splitlines()]
    found: dict[str, str] = {}
    for line in lines:
        if not line or line.startswith("#"):
            continue
        match = re.fullmatch(r"([A-Za-z0-9_-]+):\s*(\S.*)", line)
        if not match or match[1] in found:
            raise ValueError(f"Procfile: expected one `name: command` for each name, found: {line}")
        found[match[1]] = match[2]
    return found


def shell(line: str) -> list[str]:
    """Return the arguments that run a Procfile line; `exec` leaves no shell between us and the process."""
    return ["/bin/sh", "-c", f"exec {line}"]


def tethered(argv: list[str]) -> list[str]:
    """Return the arguments that run a command which is told to end when this process dies."""
    return [*_bare_python(TETHER), str(os.getpid()), *argv]


def _bare_python(script: Path) -> list[str]:
    return [sys.executable, "-I", "-S", str(script)]


@dataclass(eq=False)
class Child:
    """One running command; `sink` takes each line it prints, without the line's end, and `tail` keeps the last 20."""

    name: str
    process: subprocess.Popen[bytes]
    sink: Sink | None
    pending: bytes = b""
    tail: deque[str] = field(default_factory=lambda: deque(maxlen=20))

    def read(self) -> bool:
        """Pass on what it has printed since; return False at the end of its output or when there is no more yet."""
        assert self.process.stdout
        try:
            chunk = os.read(self.process.stdout.fileno(), 65536)
        except BlockingIOError:
            return False
        *lines, self.pending = (self.pending + chunk).split(b"\n")
        for line in lines:
            self._print(line)
        return bool(chunk)

    def finish(self) -> None:
        """Pass on the rest of what it printed before it ended."""
        while self.read():
            pass
        if self.pending:
            self._print(self.pending)

    def _print(self, line: bytes) -> None:
        text = line.decode(errors="replace").rstrip("\r")
        self.tail.append(text)
        if self.sink:
            self.sink(text)

    def kill(self) -> None:
        """Kill everything in the child's process group."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


@dataclass
class Children:
    """Children of this process, all stopped when the context ends.

    Every method is for the thread that spawns: the kernel ties a tether to its thread. `keep_open` are descriptors
    that the children inherit.
    """

    env: Mapping[str, str]
    keep_open: tuple[int, ...] = ()
    running: list[Child] = field(default_factory=list)
    selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)

    def __enter__(self) -> Self:
        self._reaper = subprocess.Popen(_bare_python(REAPER), stdin=subprocess.PIPE, text=True, process_group=0)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop(self.running)
        self._reaper.communicate()
        self.selector.close()

    def spawn(self, name: str, argv: list[str], *, sink: Sink | None = None) -> Child:
        """Start a command in a process group of its own, its output going to `sink`, if any, line by line."""
        process = subprocess.Popen(
            tethered(argv),
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
            pass_fds=self.keep_open,
        )
        assert process.stdout
        os.set_blocking(process.stdout.fileno(), False)
        child = Child(name, process, sink)
        self.running.append(child)
        self._tell_reaper(f"+{process.pid}")
        self.selector.register(process.stdout, selectors.EVENT_READ, child)
        return child

    def pump(self, seconds: float) -> Child | None:
        """Pass output on for at most so long. Return a child that has ended, once, or None."""
        if not self.selector.get_map():
            time.sleep(seconds)
        for key, _ in self.selector.select(seconds):
            if not key.data.read():
                self.selector.unregister(key.fileobj)
        return next((self._forget(child) for child in self.running if child.process.poll() is not None), None)

    def stop(self, children: list[Child], *, grace: float = 10) -> None:
        """Ask these children to end, wait at most `grace` seconds, then kill what is left of their groups."""
        waiting = [child for child in children if child in self.running]
        for child in waiting:
            # The leader alone: it winds up its own workers, which would drop what they are doing.
            child.process.terminate()
        deadline = time.monotonic() + grace
        while any(child in self.running for child in waiting) and time.monotonic() < deadline:
            self.pump(0.05)
        for child in waiting:
            if child in self.running:
                child.kill()
                child.process.wait()
                self._forget(child)

    def _forget(self, child: Child) -> Child:
        child.kill()  # nothing of its group stays behind when its leader has gone
        child.finish()
        assert child.process.stdout
        if child.process.stdout in self.selector.get_map():
            self.selector.unregister(child.process.stdout)
        child.process.stdout.close()
        self.running.remove(child)
        self._tell_reaper(f"-{child.process.pid}")
        return child

    def _tell_reaper(self, line: str) -> None:
        assert self._reaper.stdin
        with suppress(BrokenPipeError):
            print(line, file=self._reaper.stdin, flush=True)
