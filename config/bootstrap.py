"""Build .venv from the lock, for `start`, `test` and `install` in a fresh checkout. Standard library only.

It has to parse on an old Python too, so that it can say that the Python is too old.
"""

import fcntl
import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
LOCK_DIR = BASE_DIR / "config" / "lock"
VENV = BASE_DIR / ".venv"
OLDEST = (3, 11)

# What each of these commands installs; test.txt holds everything in run.txt, in the same versions.
LOCKS = {
    "start": ("run.txt",),
    "install": ("run.txt",),
    "test": ("test.txt", "run.txt"),
    "faults": ("test.txt", "run.txt"),
}
RUN = ("django", "celery")
PROOF = {
    "start": RUN,
    "install": RUN,
    "test": (*RUN, "pytest", "pytest_django"),
    "faults": (*RUN, "pytest", "pytest_django"),
}


class Unready(Exception):
    """The environment cannot be built; the message says why and what to do."""


def ensure(command):
    """Return when this Python can run the command, else run it again inside .venv (does not return).

    The commands of LOCKS build .venv first where it is missing or the lock has changed.
    """
    try:
        if sys.version_info < OLDEST:
            raise Unready(_too_old())
        if not packages_present(command):
            _go_inside(command)
    except Unready as problem:
        sys.exit(str(problem))


def packages_present(command):
    """Say whether this Python can import what the command needs."""
    return all(importlib.util.find_spec(name) for name in PROOF.get(command, ("django",)))


def is_built(command, venv, lock_dir):
    """Say whether the environment was built from the locks as they are now."""
    try:
        marked = _marker(venv).read_text().split()
    except OSError:
        return False
    return digest(lock_dir / LOCKS[command][0]) in marked


def mark_built(command, venv, lock_dir):
    """Note the digests of every lock that the command's installation satisfies, replacing older notes."""
    digests = [digest(lock_dir / name) for name in LOCKS[command]]
    _marker(venv).write_text("\n".join(digests) + "\n")


def digest(lock):
    """Return the SHA-256 of a lock file as 64 hex digits."""
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _marker(venv):
    return venv / "askpeer-lock"


def _go_inside(command):
    python = str(VENV / "bin" / "python")
    if os.environ.get("ASKPEER_INSIDE") == python:
        raise Unready("The environment in %s is damaged. Delete that directory, and run the same command again." % VENV)
    if command in LOCKS:
        _build(command, python)
    elif not Path(python).exists():
        raise Unready("Django is not installed here. `python3 manage.py start` installs it; then run this again.")
    os.environ["ASKPEER_INSIDE"] = python
    os.execv(python, [python, *sys.argv])


def _build(command, python):
    # Two first runs side by side: the second waits, and then finds the work done.
    lock = os.open(str(LOCK_DIR), os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    if not is_built(command, VENV, LOCK_DIR):
        if sys.prefix == str(VENV):
            _say("Adding to .venv what `%s` needs." % command)
        else:
            _say("Building .venv from config/lock/%s. Only the first run does this." % LOCKS[command][0])
        _make_venv(python)
        _install(python, LOCK_DIR / LOCKS[command][0], compiled=command == "install")
        mark_built(command, VENV, LOCK_DIR)
    os.close(lock)


def _make_venv(python):
    if _run([python, "-m", "pip", "--version"], quiet=True):
        return
    missing = importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None
    if missing or not _run([sys.executable, "-m", "venv", "--clear", str(VENV)], quiet=True):
        raise Unready(
            "This Python cannot make a virtual environment. On Debian or Ubuntu, run:\n"
            "    sudo apt install python3-venv\n"
            "and then the same command again. If that is done, check that %s can be written to." % BASE_DIR
        )


def _install(python, lock, compiled):
    # Whom a service runs as may not write beside its packages, and would compile them at every start.
    pip = [python, "-m", "pip", "--disable-pip-version-check"]
    hashed = ["install", "--quiet", "--require-hashes", "-r"]
    uv = [str(VENV / "bin" / "uv"), "pip", "install", "--quiet", "--python", python, "--require-hashes", "-r"]
    if _run(pip + hashed + [str(LOCK_DIR / "uv.txt")]) and _run([*uv, str(lock), *["--compile-bytecode"] * compiled]):
        return
    _say("uv could not install the packages here; trying with pip, which takes a little longer.")
    if not _run(pip + hashed + [str(lock)]):
        raise Unready(
            "The packages in config/lock/%s could not be installed; the lines above say why. "
            "They come from the Python package index, so this first run needs a network." % lock.name
        )


def _run(command, quiet=False):
    sink = subprocess.DEVNULL if quiet else None
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, check=False).returncode == 0
    except OSError:
        return False


def _too_old():
    return (
        "askpeer needs Python 3.11 or newer, and this is Python %d.%d. "
        "Run the same command with a newer one, for example: python3.11 manage.py %s"
        % (sys.version_info[0], sys.version_info[1], " ".join(sys.argv[1:]))
    )


def _say(sentence):
    print(sentence, file=sys.stderr, flush=True)
