"""What happens at the door, for the log and the trail: who came in and went, and what changed in how they do.

A refused sign-in names nobody: what was typed may be anything, a password among it.
"""

import logging
from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.contrib.auth import signals as auth
from django.dispatch import receiver
from django.utils import timezone

from advisors.models import Person
from askpeer import history

log = logging.getLogger("askpeer.door")


@receiver(auth.user_logged_in)
def came_in(user: Person, **signal: Any) -> None:
    log.info("signed in", extra={"subject": user.name})


@receiver(auth.user_logged_out)
def went(user: Person | None, **signal: Any) -> None:
    log.info("signed out", extra={"subject": user.name if user else "-"})


@receiver(auth.user_login_failed)
def was_refused(**signal: Any) -> None:
    log.warning("sign-in refused")


@receiver(mfa.authentication_failed)
def second_step_refused(user: Person, **signal: Any) -> None:
    log.warning("second step refused", extra={"subject": user.name})


@receiver([account.password_changed, account.password_reset])
def password_changed(user: Person, **signal: Any) -> None:
    history.record(subject=user.name, kind="password changed", actor=user.name, now=timezone.now())


@receiver(mfa.authenticator_added)
def factor_added(user: Person, authenticator: Any, **signal: Any) -> None:
    _factor("second step added", user, authenticator)


@receiver(mfa.authenticator_removed)
def factor_removed(user: Person, authenticator: Any, **signal: Any) -> None:
    _factor("second step removed", user, authenticator)


@receiver(mfa.authenticator_reset)
def factor_reset(user: Person, authenticator: Any, **signal: Any) -> None:
    _factor("second step made anew", user, authenticator)


def _factor(kind: str, user: Person, authenticator: Any) -> None:
    facts = {"type": str(authenticator.type)}
    history.record(subject=user.name, kind=kind, actor=user.name, now=timezone.now(), facts=facts)
