"""A PostgreSQL server of a test's own: made in a folder that goes with it, and killed as often as the test likes."""

import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from config.processes import Child, Children
from tests.journeys.service import free_port, until

INSTALLED = "/usr/lib/postgresql"
USER = "askpeer"


def program(name):
    """The newest of this name. Raises AssertionError with what to install."""
    versions = sorted(Path(INSTALLED).glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    found = str(versions[-1]) if versions else shutil.which(name)
    assert found, f"No {name} in {INSTALLED} or PATH, so there is no server to kill: apt-get install postgresql"
    return found


@dataclass
class Server:
    """A database server on a port of its own. Its process is for the thread that started it."""

    folder: Path
    port: str
    children: Children
    process: Child | None = field(default=None)

    @property
    def url(self):
        return f"postgres://{USER}@127.0.0.1:{self.port}/postgres"

    def start(self):
        """Start it and return when it answers; after a kill, once the last of its old processes has gone."""
        until(self._is_started, what="a database server")

    def kill(self):
        """Kill the server itself; those it started for its clients end when they see that it has gone."""
        self.process.kill()
        self.process.process.wait()
        self._forget_ended()

    def answers(self):
        try:
            with psycopg.connect(self.url, connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    def _is_started(self):
        self._forget_ended()
        if self.process not in self.children.running:
            options = ["-D", str(self.folder / "data"), "-p", self.port, "-h", "127.0.0.1", "-k", ""]
            log = str(self.folder / "log")
            command = _unprivileged([program("postgres"), *options])
            self.process = self.children.spawn("postgres", ["/bin/sh", "-c", 'exec "$@" >>"$0" 2>&1', log, *command])
        return self.answers()

    def _forget_ended(self):
        while self.children.running and self.children.pump(0.01):
            pass


@contextmanager
def server():
    """A running server; whatever happens, nothing of it is left afterwards."""
    with tempfile.TemporaryDirectory(prefix="askpeer-postgres-") as name, Children(env=os.environ) as children:
        folder = Path(name)
        if os.getuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        make = [program("initdb"), "-D", str(folder / "data"), "-U", USER, "-A", "trust", "-E", "UTF8", "--no-locale"]
        made = children.spawn("initdb", _unprivileged(make))
        until(lambda: children.pump(0.1) is made, what="initdb")
        assert made.process.returncode == 0, "\n".join(made.tail)
        found = Server(folder, free_port(), children)
        found.start()
        yield found


def _unprivileged(command):
    """The command, as somebody else where we are root: this server refuses to run as root."""
    if os.getuid() != 0:
        return command
    # A change of user unties the tether of config/tether.py, so another is tied behind it.
    who = ["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]
    return ["setpriv", *who, "--pdeathsig", "INT", "--", *command]
