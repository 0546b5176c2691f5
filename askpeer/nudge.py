"""Tells a worker that there is something to do. Only a hint: the sweep finds whatever a lost one left.

It never holds a page up: a thread sends it, for which the page waits 50 ms at most. After a failure, or when the broker
has not answered by then, nothing is tried for five seconds.
"""

import time
from threading import Thread

from celery import Celery, current_app
from django.db import transaction
from kombu.exceptions import OperationalError

BREAKER_SECONDS = 5
PATIENCE = 0.05
_quiet_until = {"broker": 0.0}


def after_commit(task: str) -> None:
    """Send a task without arguments to the broker once this transaction is committed."""
    transaction.on_commit(lambda: _send(task), robust=True)


def is_quiet() -> bool:
    """Whether the broker failed so lately that it is left alone."""
    return time.monotonic() < _quiet_until["broker"]


def answers() -> bool:
    """Whether the broker answers now."""
    with current_app.connection_for_write() as connection:
        try:
            # Once, where connect() would wait two seconds and try again.
            connection.transport.close_connection(connection.transport.establish_connection())
        except connection.connection_errors:
            return False
    return True


def forget() -> None:
    """Believe in the broker again at once."""
    _quiet_until["broker"] = 0.0


def _send(task: str) -> None:
    if is_quiet():
        return
    # The app itself: a proxy of it finds another one in another thread.
    sender = Thread(target=_publish, args=(current_app._get_current_object(), task), name="nudge", daemon=True)
    sender.start()
    sender.join(PATIENCE)
    if sender.is_alive():
        _be_quiet()


def _publish(app: Celery, task: str) -> None:
    try:
        app.send_task(task, retry=False, expires=60, ignore_result=True)
    except (OperationalError, OSError):
        _be_quiet()
    else:
        forget()  # slow, but there


def _be_quiet() -> None:
    _quiet_until["broker"] = time.monotonic() + BREAKER_SECONDS
