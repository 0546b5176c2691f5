"""Run the tests in a data directory of their own. Standard library only: it comes before Django."""

import base64
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from config import embedded, paths
from config.processes import Children, tethered

FAULTS = ["-m", "faults", "--timeout", "3600"]
# On every processor up to four; tests/conftest.py keeps what shares a running service or a browser together.
TOGETHER = ["-n", str(min(4, os.cpu_count() or 1)), "--dist", "loadgroup"]


def run(*, arguments: list[str], faults: bool = False) -> int:
    """Run pytest with these arguments and return its exit status; faults runs the tests marked so, and longer.

    Without REDIS_URL a broker and a cache are started for the run and stopped after it.
    """
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="askpeer-test-"))).resolve()
        env = _environment(home)
        if not env.get("REDIS_URL"):
            stack.callback(shutil.rmtree, paths.run_dir(home), ignore_errors=True)
            embedded.start(children=stack.enter_context(Children(env=env)), home=home)
        if faults:
            env["HYPOTHESIS_PROFILE"] = "faults"
        command = [sys.executable, "-m", "pytest", *(FAULTS if faults else TOGETHER), *arguments]
        return subprocess.run(tethered(command), env=env, cwd=paths.BASE_DIR, check=False).returncode


def _environment(home: Path) -> dict[str, str]:
    """Everything of this shell but the service's own settings, so that no test meets the real keys or ledger."""
    rest = {name: value for name, value in os.environ.items() if not name.startswith("ASKPEER_")}
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    return rest | {
        "ASKPEER_HOME": str(home),
        "ASKPEER_LEDGER": str(home / "ledger" / "erased.txt"),
        "ASKPEER_KEKS": f"test:{key}",
        "ASKPEER_RECEIPT_PEPPER": key,
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
    }
