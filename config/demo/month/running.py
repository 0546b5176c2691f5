"""Runs each load in a process of its own, with a data directory that is made for it and thrown away.

Nothing of the service's own is read or written: not its database, its keys, its ledger, its broker or its mail.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from config import paths
from config.demo.month.figures import Figures
from config.processes import tethered

# Whatever says where the service keeps its things; the embedded default makes its own secrets in the directory.
ITS_OWN = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS", "DEBUG", "PORT"}
LONGEST = 3600  # seconds, for one load
LINES_SHOWN = 15


class Failed(RuntimeError):
    """A load did not come to its end; the message has the last lines it said."""


def run(*, loads: list[int], questions: int, seed: int) -> list[Figures]:
    """The figures of each load, in the order given; as many at once as there are processors. Raises Failed."""
    with ThreadPoolExecutor(max_workers=min(len(loads), os.cpu_count() or 1)) as pool:
        return list(pool.map(lambda load: _one(questions, load, seed), loads))


def _one(questions: int, load: int, seed: int) -> Figures:
    arguments = json.dumps({"questions": questions, "load": load, "seed": seed})
    with tempfile.TemporaryDirectory(prefix="askpeer-month-") as folder:
        home = Path(folder).resolve()
        command = tethered([sys.executable, "-m", "config.demo.month", arguments])
        done = subprocess.run(
            command,
            env=_environment(home),
            cwd=paths.BASE_DIR,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
        shutil.rmtree(paths.run_dir(home), ignore_errors=True)
    if done.returncode:
        raise Failed("\n".join([f"The month at {load} % ended early:", *done.stderr.splitlines()[-LINES_SHOWN:]]))
    return Figures(**json.loads(done.stdout))


def _environment(home: Path) -> dict[str, str]:
    rest = {
        name: value
        for name, value in os.environ.items()
        if name not in ITS_OWN and not name.startswith(("ASKPEER_", "PYTEST"))
    }
    return rest | {"ASKPEER_HOME": str(home), "EMAIL_URL": "memorymail://", "PYTHONHASHSEED": "0"}
