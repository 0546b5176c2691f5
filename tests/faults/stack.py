"""A machine of the guide's: its blocks typed into real shells, on a real nginx, PostgreSQL and Redis, in one folder.

systemctl asks this process, which starts what the unit files say. tests/faults/ground.py plays the rest of the machine.
Nothing outlives it.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from config.processes import Child, Children, tethered
from tests.faults import ground, guide, postgres
from tests.faults.units import Unit

STARTS_WITHIN = 120  # seconds, on a machine with much else to do


@dataclass
class Machine:
    """env is that of the shell in which the guide is read. Its processes are for the thread that made it."""

    folder: Path
    nginx: Path
    children: Children
    env: dict[str, str] = field(repr=False)
    asked: socket.socket = field(repr=False)
    running: dict[str, Child] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def url(self):
        return self.env["ASKPEER_URL"]

    def read(self, *names, **env):
        """Type these blocks, one after the other, each into a new shell; return what the last one printed."""
        return [self.type(guide.blocks()[name], name, **env) for name in names][-1]

    def type(self, text, name="", **env):
        """Type a text into a new shell, behind the guide's first block. Raises AssertionError where it fails."""
        began, said = time.monotonic(), []
        script = f"set -euo pipefail\n{guide.blocks()['settings']}\n{text}"
        given = [f"{key}={value}" for key, value in (self.env | env).items()]
        shell = self.children.spawn(name, ["env", "-i", *given, "bash", "-c", script], sink=said.append)
        while (ended := self.children.pump(0.02)) is not shell:
            assert ended not in self.running.values(), f"{ended.name} ended by itself: {self.log(ended.name)}"
            self._answer()
        self.seconds[name] = time.monotonic() - began
        assert shell.process.returncode == 0, f"{name}: " + "\n".join(said)
        return "\n".join(said)

    def log(self, name):
        path = self.folder / f"{name}.log"
        return path.read_text() if path.exists() else ""

    def _answer(self):
        """Do what systemctl was asked, if it was."""
        try:
            line, _ = self.asked.accept()
        except BlockingIOError:
            return
        with line:
            line.setblocking(True)
            words = [word for word in json.loads(line.makefile().readline()) if word != "--now"]
            code, said = self._control(words[0], words[1:])
            line.sendall(json.dumps([code, said]).encode() + b"\n")

    def _control(self, verb, names):
        """(exit status, what it says) of systemctl. A unit that nobody has is one of the machine's own."""
        if verb == "daemon-reload":
            return 0, ""
        if verb in {"reload", "reload-or-restart"}:
            assert names == ["nginx"]
            self._reload_nginx()
            return 0, ""
        assert verb in {"enable", "disable", "start", "stop", "restart"}, verb
        done = [self._turn(verb, name) for name in names if name != "redis-server"]
        return max((code for code, _ in done), default=0), "".join(said for _, said in done)

    def _turn(self, verb, name):
        if verb in {"stop", "restart", "disable"} and name in self.running:
            unit, child = self._unit(name), self.running.pop(name)
            self.children.stop([child], grace=unit.grace)
        return self._start(name) if verb in {"enable", "start", "restart"} else (0, "")

    def _unit(self, name):
        return Unit.read(Path(self.env["SYSTEMD"]), name)

    def _start(self, name):
        unit = self._unit(name)
        if name in self.running or unit.is_timer:
            return 0, ""
        if unit.kind == "oneshot":
            once = tethered(unit.command({}))
            done = subprocess.run(once, capture_output=True, text=True, check=False, timeout=STARTS_WITHIN)
            return done.returncode, done.stdout + done.stderr
        ready = self.folder / f"{name}.ready"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            ready.unlink(missing_ok=True)
            told.bind(str(ready))
            told.settimeout(STARTS_WITHIN)
            logged = ["/bin/sh", "-c", 'exec "$@" >>"$0" 2>&1', str(self.folder / f"{name}.log")]
            self.running[name] = self.children.spawn(name, [*logged, *unit.command({"NOTIFY_SOCKET": str(ready)})])
            if unit.kind == "notify":
                assert told.recv(200).startswith(b"READY=1"), self.log(name)
        return 0, ""

    def _reload_nginx(self):
        if "nginx" in self.running:
            os.kill(self.running["nginx"].process.pid, signal.SIGHUP)
            return
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        assert Path(program).exists(), "No nginx here: apt-get install nginx-light"
        command = _unprivileged([program, "-e", str(self.nginx / "main.log"), "-c", str(self.nginx / "nginx.conf")])
        self.running["nginx"] = self.children.spawn("nginx", command)


def _unprivileged(command):
    """As the machine's web user where we are root: nginx then begins without any right, as all else here does."""
    if os.getuid() != 0:
        return command
    who = ["--reuid", "www-data", "--regid", "www-data", "--clear-groups"]
    return ["setpriv", *who, "--pdeathsig", "TERM", "--", *command]


@contextmanager
def machine():
    """A machine on which nothing is done yet but a database server and a certificate; nothing of it is left."""
    with (
        postgres.server() as server,
        tempfile.TemporaryDirectory(prefix="askpeer-guide-") as home,
        tempfile.TemporaryDirectory(prefix="askpeer-nginx-") as web,
        socket.socket(socket.AF_UNIX) as asked,
        Children(env=os.environ) as children,
    ):
        folder, nginx = Path(home), Path(web)
        asked.bind(str(folder / "systemctl"))
        asked.listen()
        asked.setblocking(False)
        ground.play(folder)
        ground.front(nginx)
        ground.pack(folder / "askpeer.tar.gz")
        env = ground.environment(folder, nginx, server)
        found = Machine(folder, nginx, children, env, asked)
        try:
            yield found
        finally:
            # The servers that others need go last.
            last = {"askpeer-redis", "nginx"}
            children.stop([child for child in children.running if child.name not in last], grace=5)
