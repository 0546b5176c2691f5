"""The whole service for a test: its own home, database, broker, cache and mail, and the Procfile's processes."""

import base64
import json
import os
import secrets
import socket
import sqlite3
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, LiteralString, cast
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis

from config import embedded, paths
from config.management.commands.start import ROOT_WARNING
from config.processes import Child, Children, parse_procfile, shell
from tests.journeys.browser import Browser, Page, call
from tests.journeys.mailbox import Mailbox

LEASE_SECONDS = 3  # longer than a send to our own mailbox takes
SEED = "from tests.journeys import seed; seed.main()"
OURS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ASKPEER_KEKS", "ASKPEER_RECEIPT_PEPPER", "ASKPEER_URL", "DEBUG")


def until(holds: Callable[[], Any], *, what: str, seconds: float = 60) -> Any:
    """Ask again until there is an answer that is true. Raises AssertionError when the time is over."""
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, f"Still waiting after {seconds} s for {what}."
        time.sleep(0.05)
    return found


@dataclass
class Service:
    """A running service. Its processes are for the thread that started them."""

    home: Path
    mailbox: Mailbox
    children: Children
    env: dict[str, str] = field(repr=False)
    processes: dict[str, Child] = field(default_factory=dict)
    sign_ins: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.env['PORT']}/"

    def browser(self) -> Browser:
        return Browser(self.url)

    def signed_in(self, name: str) -> Browser:
        """A browser in which this member of staff has signed in."""
        browser = self.browser()
        page = browser.open("/accounts/login/")
        browser.submit(page, "Sign in", login=self.sign_ins["emails"][name], password=self.sign_ins["password"])
        return browser

    def call(self, path: str, **given: Any) -> Page:
        """A request of the API with the partner's key."""
        return call(self.url, f"/api/v1/{path}", key=self.sign_ins["partner_key"], **given)

    def letters(self, to: str, *, count: int, seconds: float = 60) -> list[Any]:
        """The letters to this address, once there are so many."""
        until(lambda: len(self.mailbox.to(to)) >= count, what=f"letter {count} to {to}", seconds=seconds)
        return self.mailbox.to(to)

    def command(self, *words: str) -> str:
        """Run one of manage.py's commands to its end and return what it printed."""
        said: list[str] = []
        child = self.children.spawn(words[0], [sys.executable, "manage.py", *words], sink=said.append)
        until(lambda: self.children.pump(0.05) is child, what=words[0], seconds=120)
        assert child.process.returncode == 0, "\n".join(said)
        return "\n".join(said)

    def health(self) -> dict[str, Any]:
        """What /health/ says."""
        return call(self.url, "/health/").json()

    def run(self, name: str) -> None:
        """Start one of the processes and return when it answers; a worker and beat answer by what they do."""
        argv = self._lines()[name]
        log = str(self.home / f"{name}.log")
        self.processes[name] = self.children.spawn(name, ["/bin/sh", "-c", 'exec "$@" >>"$0" 2>&1', log, *argv])
        until(lambda: self._answers(name), what=name)

    def kill(self, name: str) -> None:
        """Kill a process and everything it started, with no chance to tidy up."""
        child = self.processes.pop(name)
        child.kill()
        child.process.wait()
        while child in self.children.running:
            self.children.pump(0.01)

    def signal(self, name: str, number: int) -> None:
        """Send a signal to a process and everything it started."""
        os.killpg(self.processes[name].process.pid, number)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the database holds, read past the service."""
        if "DATABASE_URL" in self.env:
            with psycopg.connect(self.env["DATABASE_URL"]) as server:
                return server.execute(cast(LiteralString, sql)).fetchall()
        with closing(sqlite3.connect(f"file:{self.home}/askpeer.sqlite3?mode=ro", uri=True, timeout=20)) as file:
            return file.execute(sql).fetchall()

    def files(self) -> dict[str, bytes]:
        """{name: bytes} of every file in the home. One that goes while we read is left out."""
        found = {}
        for path in self.home.rglob("*"):
            with suppress(FileNotFoundError):
                if path.is_file():
                    found[str(path.relative_to(self.home))] = path.read_bytes()
        return found

    def redis(self) -> dict[str, redis.Redis]:
        """Connections to broker and cache."""
        if "REDIS_URL" in self.env:
            return {"broker": redis.Redis.from_url(self.env["REDIS_URL"])}
        sockets = paths.run_dir(self.home)
        return {name: redis.Redis(unix_socket_path=f"{sockets}/{name}.sock") for name in embedded.NAMES}

    def line(self, name: str) -> str:
        """A process's line of the Procfile."""
        return _procfile()[name]

    def _lines(self) -> dict[str, list[str]]:
        servers = embedded.commands(self.home)
        if "REDIS_URL" in self.env:
            where = urlsplit(self.env["REDIS_URL"])
            kept = ["--dir", str(self.home / "broker"), "--save", "", "--appendonly", "no"]
            servers = {"broker": [embedded.program(), "--bind", "127.0.0.1", "--port", str(where.port), *kept]}
        return servers | {name: shell(line) for name, line in _procfile().items()}

    def _answers(self, name: str) -> bool:
        assert self.processes[name].process.poll() is None, (self.home / f"{name}.log").read_text()
        if name == "web":
            return _serves(self.url)
        return name not in embedded.NAMES or _pings(self.redis()[name])


def _procfile() -> dict[str, str]:
    return parse_procfile((paths.BASE_DIR / "Procfile").read_text())


def _serves(url: str) -> bool:
    try:
        return call(url, "/health/").status in {200, 503}  # 503 until the first sweep
    except OSError:
        return False


def _pings(connection: redis.Redis) -> bool:
    with connection:
        try:
            return bool(connection.ping())
        except redis.RedisError:
            return False


@contextmanager
def running(
    home: Path, mailbox: Mailbox, *, on: Mapping[str, str] | None = None, seed: str = SEED, **settings: str
) -> Iterator[Service]:
    """The service, migrated, seeded and answering; whatever happens, nothing of it is left afterwards.

    on: DATABASE_URL and REDIS_URL, {} for the embedded default; None for what these tests themselves run on.
    seed: what runs before everything else; the last line it prints is JSON for sign_ins.
    """
    with _like_these_tests() if on is None else nullcontext(on) as servers:
        env = _environment(home, mailbox) | servers | settings
        with Children(env=env) as children:
            service = Service(home, mailbox, children, env)
            for name in service.redis():
                service.run(name)
            said = service.command("shell", "--no-imports", "-c", seed)
            service.sign_ins = json.loads(said.splitlines()[-1])
            for name in ("web", "worker", "beat"):
                service.run(name)
            try:
                yield service
            finally:
                # Nobody needs what they would still finish; the last to end are the servers.
                children.stop([child for child in children.running if child.name not in embedded.NAMES], grace=2)


def _environment(home: Path, mailbox: Mailbox) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name not in OURS}
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    return inherited | {
        "ALLOWED_HOSTS": "localhost",
        "ASKPEER_HOME": str(home),
        "ASKPEER_KEKS": f"journey:{key}",
        "ASKPEER_LEASE_SECONDS": str(LEASE_SECONDS),
        "ASKPEER_LEDGER": str(home / "ledger" / "erased.txt"),
        "ASKPEER_RECEIPT_PEPPER": key,
        "ASKPEER_SECOND_FACTOR": "off",
        "EMAIL_URL": f"smtp://127.0.0.1:{mailbox.port}",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "PORT": free_port(),
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": ROOT_WARNING,
        "SECRET_KEY": secrets.token_urlsafe(50),
    }


def free_port() -> str:
    """A port on 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@contextmanager
def _like_these_tests() -> Iterator[dict[str, str]]:
    with database() as named:
        yield named | (own_redis() if "REDIS_URL" in os.environ else {})


@contextmanager
def database() -> Iterator[dict[str, str]]:
    """Nothing to set for the file in the home; on a server a database of our own, dropped at the end."""
    if "DATABASE_URL" not in os.environ:
        yield {}
        return
    parts = urlsplit(os.environ["DATABASE_URL"])
    name = f"askpeer_journey_{os.getpid()}_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield {"DATABASE_URL": urlunsplit(parts._replace(path=f"/{name}"))}
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def own_redis() -> dict[str, str]:
    """A broker and cache on a port of our own, which is ours to kill and keeps nothing."""
    return {"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}
