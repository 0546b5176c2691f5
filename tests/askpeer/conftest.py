import socket
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep

import pytest

from config import embedded


@pytest.fixture(autouse=True)
def ledger(settings, tmp_path):
    """The ledger of this test alone; the trail's head file lies beside it."""
    settings.LEDGER = tmp_path / "kept" / "erased.txt"
    return settings.LEDGER


@pytest.fixture(scope="session")
def _server():
    # A short path of its own: pytest's are longer than a socket's name may be.
    with TemporaryDirectory(prefix="askpeer-") as folder:
        path = Path(folder) / "redis.sock"
        command = [embedded.program(), "--port", "0", "--unixsocket", str(path), "--save", "", "--dir", folder]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        while not _listens(path):
            assert process.poll() is None, "the server ended"
            sleep(0.01)
        yield path
        process.kill()
        process.wait()


def _listens(path):
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(path)) == 0


@pytest.fixture
def redis_server(_server):
    """The address of a real, empty Redis."""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(_server))
        client.sendall(b"FLUSHALL\r\n")
        assert client.recv(16) == b"+OK\r\n"
    return f"unix://{_server}"
