from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out


class DutyConfig(AppConfig):
    name = "advisors.duty"
    verbose_name = "duty"

    def ready(self) -> None:
        user_logged_out.connect(_off_duty)


def _off_duty(user: Any, **signal: object) -> None:
    """Whoever signs out can be reached by nobody."""
    from advisors.duty import presence

    if user is not None:
        presence.go_off(person=user)
