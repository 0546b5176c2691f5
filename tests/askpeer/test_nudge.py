import json
import socketserver
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


def commit():
    with transaction.atomic():
        nudge.after_commit("askpeer.tasks.relay")


@pytest.mark.django_db(transaction=True)
def test_a_nudge_carries_the_tasks_name_and_nothing_else(broker, redis_server):
    broker(redis_server.replace("unix://", "redis+socket://"))
    commit()
    (message,) = messages(redis_server)
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
    assert nudge.is_quiet() is True


@pytest.mark.django_db(transaction=True)
def test_after_a_failure_the_broker_is_left_alone_for_a_while(nobody, broker, redis_server):
    commit()
    broker(redis_server.replace("unix://", "redis+socket://"), believe=False)
    commit()
    assert messages(redis_server) == []
    nudge.forget()
    commit()
    assert len(messages(redis_server)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_hangs_up_is_called_once_and_not_again(broker):
    with Hangup() as server:
        broker(f"redis://127.0.0.1:{server.server_address[1]}/0")
        commit()
        commit()
    assert server.calls == 1


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
