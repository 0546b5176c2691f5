"""Run the whole service on this machine: the embedded servers, the migrations, the demo, the Procfile."""

import http.client
import os
import signal
import sys
from argparse import ArgumentParser
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connections

from askpeer import checks
from config import embedded, guard, paths, ports, reaper
from config.processes import Children, Sink, parse_procfile, shell

# Seconds, longer than the reaper's grace: what is left of a killed run is gone by then.
LEFTOVERS_WAIT = reaper.GRACE + 5

# One machine's demo may well run as root; nothing here unpickles what came from outside.
ROOT_WARNING = "ignore:You're running the worker with superuser privileges"


class Stopped(Exception):
    """Somebody asked us to stop."""


class Command(BaseCommand):
    help = "Migrates, seeds the demo once, and runs web, worker and beat with a broker and cache of their own."
    requires_system_checks: list[str] = []
    asked_to_stop = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-demo", action="store_true", help="Start with an empty service.")

    def handle(self, *args: Any, **options: Any) -> None:
        home = paths.home()
        lock = self._lock(home)
        try:
            port = ports.choose(os.environ.get("PORT"))
        except ports.NoPort as problem:
            raise CommandError(str(problem)) from problem
        self._listen_for_signals()
        # A database that somebody named is theirs: the demo is only ever seeded into our own.
        demo = not options["no_demo"] and not os.environ.get("DATABASE_URL")
        with Children(env=_environment(home, port, demo=demo), keep_open=(lock,)) as children:
            try:
                self._run(children, home, port, demo=demo)
            except Stopped:
                self._say("Stopping.")
            except embedded.NotAnswering as problem:
                raise CommandError(str(problem)) from problem
            finally:
                # The servers go last, so that the worker can still tell the broker what it has done.
                children.stop([child for child in children.running if child.name not in embedded.NAMES])

    def _listen_for_signals(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            # Under nohup the hang-up stays ignored.
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._ask_to_stop)

    def _lock(self, home: Path) -> int:
        running, rest = paths.run_dir(home) / "start.lock", paths.run_dir(home) / "run.lock"
        if guard.hold(running) is None:
            raise CommandError(f"askpeer is already running with its data in {home}. Stop it first (Ctrl+C there).")
        # The children hold this one too, so it stays held until the last of a killed run has ended.
        lock = guard.hold(rest, wait=LEFTOVERS_WAIT)
        if lock is None:
            raise CommandError(f"Processes of an earlier run still use {home}. Try again in a moment.")
        return lock

    def _run(self, children: Children, home: Path, port: int, *, demo: bool) -> None:
        if not os.environ.get("REDIS_URL"):
            embedded.start(children=children, home=home)
        sign_ins = self._prepare(port, demo=demo)
        for name, line in parse_procfile((paths.BASE_DIR / "Procfile").read_text()).items():
            children.spawn(name, shell(line), sink=self._labelled(name))
        while not _is_up(port):
            self._pump(children)
        self._say(f"\naskpeer is running at http://localhost:{port}/", sign_ins, "Ctrl+C stops it.\n")
        while True:
            self._pump(children)

    def _prepare(self, port: int, *, demo: bool) -> str:
        """Bring the database up to date and return how to sign in. In this process: another one loads Django again."""
        try:
            call_command("migrate", interactive=False, verbosity=0)
        except OperationalError as problem:
            reason = " ".join(str(problem).split())
            raise CommandError(f"The database (DATABASE_URL) cannot be used: {reason}") from None
        try:
            checks.refuse_to_serve_unfit()
        except ImproperlyConfigured as problem:
            raise CommandError(str(problem)) from None
        said = StringIO()
        if demo and not self.asked_to_stop:
            url = os.environ.get("ASKPEER_URL") or f"http://localhost:{port}"
            try:
                call_command("demo", url=url, stdout=said)
            except CommandError as problem:
                said.write(f"{problem} Sign in as you did before.")
        connections.close_all()
        return said.getvalue()

    def _pump(self, children: Children) -> None:
        ended = children.pump(0.2)
        if self.asked_to_stop:
            raise Stopped
        if ended:
            code = ended.process.returncode
            unseen = [] if ended.sink else ended.tail
            sentence = f"{ended.name} ended by itself (status {code}), so everything is stopped."
            raise CommandError("\n".join([*unseen, sentence]))

    def _ask_to_stop(self, *_: object) -> None:
        self.asked_to_stop = True

    def _labelled(self, name: str) -> Sink:
        return lambda line: self._say(f"{name:<6} | {line}")

    def _say(self, *lines: str) -> None:
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def _environment(home: Path, port: int, *, demo: bool) -> dict[str, str]:
    beside_python = str(Path(sys.executable).parent)
    # Whoever tries the demo signs in with a password alone, unless they ask for more.
    return (
        ({"ASKPEER_SECOND_FACTOR": "off"} if demo else {})
        | os.environ
        | {
            "ASKPEER_HOME": str(home),
            "PORT": str(port),
            "PATH": os.pathsep.join([beside_python, os.environ.get("PATH", os.defpath)]),
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": ROOT_WARNING,
        }
    )


def _is_up(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/health/")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
