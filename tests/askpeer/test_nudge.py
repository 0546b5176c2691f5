import json
import socket
import socketserver
import threading
import time
from threading import Thread

import pytest
import redis
from celery import Celery
from django.db import transaction

from askpeer import nudge
from config.celery import app


@pytest.fixture
def broker():
    """Make a Celery app like ours the current one, with another broker: broker(address)."""

    def use(address, believe=True):
        other = Celery("test", broker=address, set_as_current=True)
        other.conf.broker_transport_options = app.conf.broker_transport_options
        if believe:
            nudge.forget()

    yield use
    nudge.forget()
    app.set_current()


@pytest.fixture
def nobody(broker, tmp_path):
    broker(f"redis+socket://{tmp_path}/nobody.sock")


def messages(address):
    return [json.loads(raw) for raw in redis.Redis.from_url(address).lrange("celery", 0, -1)]


def until(holds, seconds=10):
    """A nudge that takes longer than a page waits for it arrives all the same."""
    ends = time.monotonic() + seconds
    while not holds() and time.monotonic() < ends:
        time.sleep(0.01)
    return holds()


def commit():
    with transaction.atomic():
        nudge.after_commit("askpeer.tasks.relay")


@pytest.mark.django_db(transaction=True)
def test_a_nudge_carries_the_tasks_name_and_nothing_else(broker, redis_server):
    broker(redis_server.replace("unix://", "redis+socket://"))
    commit()
    (message,) = until(lambda: messages(redis_server))
    assert message["headers"]["task"] == "askpeer.tasks.relay"
    assert (message["headers"]["argsrepr"], message["headers"]["kwargsrepr"]) == ("()", "{}")


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_before_the_commit_or_after_a_rollback(broker, redis_server):
    broker(redis_server.replace("unix://", "redis+socket://"))
    with transaction.atomic():
        nudge.after_commit("askpeer.tasks.relay")
        assert messages(redis_server) == []
        transaction.set_rollback(True)
    assert messages(redis_server) == []


@pytest.mark.django_db(transaction=True)
def test_an_unreachable_broker_is_no_trouble_to_the_one_who_commits(nobody):
    commit()
    assert until(nudge.is_quiet) is True


@pytest.mark.django_db(transaction=True)
def test_after_a_failure_the_broker_is_left_alone_for_a_while(nobody, broker, redis_server):
    commit()
    assert until(nudge.is_quiet) is True
    broker(redis_server.replace("unix://", "redis+socket://"), believe=False)
    commit()
    assert messages(redis_server) == []
    nudge.forget()
    commit()
    assert len(until(lambda: messages(redis_server))) == 1


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_hangs_up_is_called_once_and_not_again(broker):
    with Hangup() as server:
        broker(f"redis://127.0.0.1:{server.server_address[1]}/0")
        commit()
        assert until(lambda: server.calls == 1 and nudge.is_quiet()) is True
        commit()
    assert server.calls == 1


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_takes_a_call_and_says_nothing_is_waited_for_a_moment_and_then_not_at_all(broker):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        broker(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        commit()
        waiting = senders()  # the one who committed went on before it
        assert (len(waiting), nudge.is_quiet()) == (1, True)
        for _ in range(20):
            commit()
        assert senders() in (waiting, [])  # nobody else was sent
        assert until(lambda: senders() == []) is True  # nobody waits for ever
    assert nudge.PATIENCE <= 0.1


def senders():
    return [thread for thread in threading.enumerate() if thread.name.startswith("nudge")]


class Hangup(socketserver.TCPServer):
    """Takes a call, counts it and hangs up."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)
        self.calls = 0

    def verify_request(self, request, client_address):
        self.calls += 1
        return False

    def __enter__(self):
        Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *failure):
        self.shutdown()
        self.server_close()
