import socket

import pytest

from config import ports


@pytest.fixture
def taken():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_the_wanted_port_is_taken_at_its_word(taken):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]

    assert ports.choose(str(free)) == free


def test_a_wanted_port_in_use_is_refused(taken):
    with pytest.raises(ports.NoPort) as refusal:
        ports.choose(str(taken))

    assert str(refusal.value) == (
        f"Port {taken} is in use. Set PORT to a free one, or leave it out to take the next free one."
    )


def test_without_a_wish_the_next_free_port_is_taken():
    first = ports.choose(None)
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", first))
        listener.listen()
        second = ports.choose("")

    assert first >= 8000
    assert [port for port in range(first + 1, second + 1) if ports.is_free(port)] == [second]


@pytest.mark.parametrize("wanted", ["0", "65536", "-1", "http", "8000 ", "８０００", "9" * 5000])
def test_what_is_no_port_is_named(wanted):
    with pytest.raises(ports.NoPort, match="PORT: expected a number from 1 to 65535"):
        ports.choose(wanted)
