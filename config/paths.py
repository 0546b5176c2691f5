"""Where the embedded default keeps its data. Standard library only: manage.py reads it before Django is there."""

import hashlib
import os
import stat
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent

# A unix socket's path has to fit in 108 bytes on Linux and in 104 on macOS, its closing NUL included.
LONGEST_SOCKET_PATH = 103
LONGEST_SOCKET_NAME = len("broker.sock")


class UnusableHome(RuntimeError):
    """The data directory cannot be used; the message says which one and what to do."""


def home() -> Path:
    """Return the data directory, absolute: ASKPEER_HOME, or var/ beside manage.py. Made with mode 0700.

    Raises UnusableHome when it is not a directory or cannot be made.
    """
    chosen = os.environ.get("ASKPEER_HOME") or BASE_DIR / "var"
    return _directory(Path(chosen).expanduser().resolve())


def run_dir(home: Path) -> Path:
    """Return the directory of the sockets and locks that belong to this home, mode 0700.

    It is run/ inside the home. When that is too deep for a socket's path it is a directory under /tmp whose name
    depends on the home and the user alone, so that every process finds the same one.
    Raises UnusableHome when somebody else owns it or can write to it.
    """
    inside = home / "run"
    if len(os.fsencode(inside)) + 1 + LONGEST_SOCKET_NAME <= LONGEST_SOCKET_PATH:
        return _directory(inside)
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    # Not tempfile.gettempdir(): TMPDIR may be as deep as the home, and differ from one terminal to the next.
    return _private(_directory(Path(f"/tmp/askpeer-{os.getuid()}-{digest}")))  # nosec B108


def _directory(path: Path) -> Path:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UnusableHome(
            f"{path} cannot be used to keep askpeer's data ({error.strerror}). Set ASKPEER_HOME to a directory you own."
        ) from error
    return path


def _private(path: Path) -> Path:
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) != 0o700:
        raise UnusableHome(
            f"{path} is not a directory that only you can open. Remove it, or set ASKPEER_HOME to a shorter path."
        )
    return path
