"""A service of a test's own without its processes: home, keys, ledger, database; manage.py runs in it as it would."""

import base64
import json
import os
import secrets
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from config import paths
from config.processes import tethered
from tests.journeys.service import database

OURS = ("DATABASE_URL", "SECRET_KEY", "DEBUG")


def new_key():
    """32 random bytes, as the settings want them."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


@dataclass
class House:
    """env is that of every command; what is started here is waited for or killed here."""

    home: Path
    env: dict[str, str] = field(repr=False)
    begun: list[subprocess.Popen] = field(default_factory=list)

    @property
    def ledger(self):
        return Path(self.env["ASKPEER_LEDGER"])

    @property
    def database(self):
        return self.home / "askpeer.sqlite3"

    @property
    def is_sqlite(self):
        return "DATABASE_URL" not in self.env

    def begin(self, *words, **env):
        """Start python with these arguments in a process group of its own."""
        process = subprocess.Popen(
            tethered([sys.executable, *words]),
            env=self.env | env,
            cwd=paths.BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )
        self.begun.append(process)
        return process

    def kill(self, process):
        """End it and all it started at once; return whether it was still running."""
        was_running = process.poll() is None
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return was_running and process.returncode == -signal.SIGKILL

    def run(self, *words, **env):
        """Run python with these arguments to its end; return (exit status, what it printed)."""
        process = self.begin(*words, **env)
        said, _ = process.communicate(timeout=300)
        return process.returncode, said

    def manage(self, *words, **env):
        """Run a command that has to succeed; return what it printed."""
        code, said = self.run("manage.py", *words, **env)
        assert code == 0, said
        return said

    def act(self, name, *given, **env):
        """Run a function of tests/faults/acts.py in a process of this house; return what it returned."""
        call = f"from tests.faults import acts; acts.print_({name!r}, *{given!r})"
        return json.loads(self.manage("shell", "--no-imports", "-c", call, **env).splitlines()[-1])

    def serves(self):
        """Load the web process; return (whether it would serve, what it says)."""
        code, said = self.run("-c", "import config.wsgi")
        return code == 0, said.strip().splitlines()[-1] if said.strip() else ""

    def bring_back(self, backup):
        """Put a backup in the place of the database by hand, as somebody does who knows nothing of `restore`."""
        if self.is_sqlite:
            for end in ("-wal", "-shm"):
                self.database.with_name(self.database.name + end).unlink(missing_ok=True)
            self.database.write_bytes(backup.read_bytes())
            return
        url = self.env["DATABASE_URL"]
        subprocess.run(["pg_restore", "--clean", "--if-exists", "--no-owner", "-d", url, str(backup)], check=True)


@contextmanager
def house(home, **settings):
    """A house with its tables made, hours around the clock and staff (tests/journeys/seed.py); nothing is left of it.

    Where DATABASE_URL is set it has a database of its own on that server.
    """
    with database() as url:
        env = {
            name: value for name, value in os.environ.items() if name not in OURS and not name.startswith("ASKPEER_")
        }
        own = House(home, env | url | environment(home) | settings)
        try:
            own.manage("shell", "--no-imports", "-c", "from tests.journeys import seed; seed.main()")
            yield own
        finally:
            for process in own.begun:
                if process.poll() is None:
                    own.kill(process)


def environment(home):
    return {
        "ALLOWED_HOSTS": "localhost",
        "ASKPEER_HOME": str(home),
        "ASKPEER_KEKS": f"first:{new_key()}",
        "ASKPEER_LEDGER": str(home / "ledger" / "erased.txt"),
        "ASKPEER_RECEIPT_PEPPER": new_key(),
        "EMAIL_URL": "dummymail://",
        "SECRET_KEY": secrets.token_urlsafe(50),
    }
