"""One webhook to one hook: what its sending says of the hook, which may be paused, rest, or be silent for too long."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from askpeer import outbox, webhook
from questions.partners.models import Hook

KIND = "webhook"
REST = timedelta(seconds=30)
SLOW_SECONDS = 2  # a refusal that takes longer holds up every letter behind it
UNHEARD = 2 * outbox.LONGEST_BACKOFF  # where nobody tried for longer, the service was off, and nothing was silent


@dataclass(frozen=True)
class Telling(webhook.Post):
    """A webhook that pauses its hook when it is gone, and lets it rest when nothing answers there.

    A server that hangs, or takes its time to refuse, would hold the relay up with every row for it. One that answers at
    once, whatever it says, does not, and what it says of one event tells nothing of the next. A rest costs one try and
    one UPDATE, however many rows wait for the hook. rests_until and silent_since are the hook's, as they were read.
    """

    hook_id: str
    rests_until: datetime | None
    silent_since: datetime | None

    def send(self) -> None:
        """Send now. Raises outbox.Later, Gone with the hook paused, and what webhook.Post.send() raises."""
        mine = Hook.objects.filter(pk=self.hook_id)
        if self.rests_until:
            self._wait_or_try(mine)
        rests_until, silent_since, began = None, None, time.monotonic()
        try:
            super().send()
        except webhook.Gone:
            mine.filter(paused_at=None).update(paused_at=self.at)
            raise
        except webhook.Answered:
            if time.monotonic() - began > SLOW_SECONDS:
                rests_until = self.at + REST
            raise
        except webhook.UNANSWERED as failure:
            rests_until, silent_since = self.at + REST, self._silent_since()
            if self._silence() >= settings.OUTBOX_GIVE_UP:
                outbox.give_up(KIND, refs={"hook": self.hook_id}, now=self.at, failure=failure)
            raise
        finally:
            self._keep(mine, rests_until, silent_since)

    def _wait_or_try(self, mine: QuerySet[Hook]) -> None:
        """Raise outbox.Later while the hook rests. After it, the guarded UPDATE lets one of two relays try it."""
        until = self.at + REST
        # A moment farther ahead was set by a clock gone wrong.
        if self.rests_until and self.at < self.rests_until <= until:
            raise outbox.Later(self.rests_until)
        if not mine.filter(rests_until=self.rests_until).update(rests_until=until):
            raise outbox.Later(until)

    def _silence(self) -> timedelta:
        """How long nothing has answered until this attempt, none of the time in which nobody listened."""
        if not self.silent_since or not self.rests_until or abs(self.at - self.rests_until) > UNHEARD:
            return timedelta()
        return max(self.at - self.silent_since, timedelta())

    def _silent_since(self) -> datetime | Coalesce:
        """Another relay may have had an answer since the hook was read: then it begins anew."""
        return Coalesce("silent_since", self.at) if self._silence() else self.at

    def _keep(self, mine: QuerySet[Hook], rests_until: datetime | None, silent_since: Any) -> None:
        """Keep what this attempt says of the hook, and put off what else waits for it. 0 SQL where all is well."""
        if rests_until or self.rests_until:  # a hook that is silent rests
            mine.update(rests_until=rests_until, silent_since=silent_since)
        if rests_until:
            outbox.put_off(KIND, refs={"hook": self.hook_id}, until=rests_until)
