"""Telling partners by webhook that something changed: an id and a status, or an address of the library. Never words.

What happened is put into the outbox in its own transaction, a row for each hook. Right before sending it is asked
again whether the partner still listens and the thing still stands. Sources: Standard Webhooks 1.0.0, thin payloads.
"""

import base64
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from askpeer import addresses, outbox, vault, webhook
from askpeer.errors import Refused
from questions import states
from questions.models import Question
from questions.partners.models import Hook, Partner
from questions.publication import addressing
from questions.publication.models import Publication

KIND = "webhook"
MOST = 3  # hooks of a partner: each adds a row to every move of its questions
REST = timedelta(seconds=30)
SLOW_SECONDS = 2  # a refusal that takes longer holds up every letter behind it
UNHEARD = 2 * outbox.LONGEST_BACKOFF  # where nobody tried for longer, the service was off, and nothing was silent
STATUS_CHANGED, PUBLISHED, WITHDRAWN = "question.status_changed", "library.published", "library.withdrawn"


@transaction.atomic
def add(*, partner: Partner, url: str, now: datetime) -> str:
    """Tell a partner of changes at this address from now on; return its secret, this once. Raises Refused."""
    addresses.read(url)
    # The partner's row is the lock: two hooks added at once would each see room for one more.
    Partner.objects.select_for_update().get(pk=partner.pk)
    if partner.hooks.count() >= MOST:
        raise Refused(f"A partner can have {MOST} webhooks at most. Remove one first.")
    if partner.hooks.filter(url=url).exists():
        raise Refused("This partner has a webhook at this address already. Remove it first for a new secret.")
    secret = webhook.new_secret()
    Hook.objects.create(partner=partner, url=url, secret=secret, since=now)
    return secret


def remove(*, hook: Hook) -> None:
    """End a hook and its secret at once; what still waits for it is dropped when its turn comes."""
    hook.delete()


def revive(refs: dict[str, str]) -> None:
    """Begin the silence of a row's hook anew: what is sent again after it was given up has all its tries. 1 SQL."""
    Hook.objects.filter(pk=refs["hook"]).update(silent_since=None)


def listening(event: str) -> QuerySet[Hook]:
    """The hooks that hear of such an event. A school never hears of a question."""
    hooks = Hook.objects.filter(paused_at=None, partner__active=True)
    return hooks.exclude(partner__kind=Partner.Kind.SCHOOL) if event == STATUS_CHANGED else hooks


def status_changed(question: Question, *, now: datetime) -> None:
    """A question moved: tell the partner it came through. 0 SQL for one that came through none."""
    if question.partner_id is None:
        return
    refs = {"question": str(question.pk), "status": question.status}
    if question.status != states.WITHDRAWN:
        # Erasing drops the rows that name the question as their subject; that it was erased is told all the same.
        refs["subject"] = question.subject
    hooks = listening(STATUS_CHANGED).filter(partner=question.partner_id)
    _put(STATUS_CHANGED, f"{question.subject}:{question.version}", dict.fromkeys(hooks, refs), now=now)


def published(publication: Publication, *, now: datetime) -> None:
    """A text came into the library: tell every partner who listens."""
    refs = {"publication": str(publication.pk)}
    _put(PUBLISHED, _moment_of(publication, now), dict.fromkeys(listening(PUBLISHED), refs), now=now)


def withdrawn(publication: Publication, *, now: datetime) -> None:
    """A text leaves the library for good or for a time, its address with it: tell every partner who listens.

    The address is made from the title, so what waits to be sent holds it sealed.
    """
    if not addressing.leaving(publication):
        return
    name = _moment_of(publication, now)
    refs = {hook: {"slug": _seal(publication.slug, hook, name)} for hook in listening(WITHDRAWN)}
    _put(WITHDRAWN, name, refs, now=now)


def _moment_of(publication: Publication, now: datetime) -> str:
    """What happened to a publication goes by its moment: one version can come, go and come again."""
    return f"{publication.subject}:{now.timestamp():.6f}"


def _put(event: str, name: str, refs_of: dict[Hook, dict[str, str]], *, now: datetime) -> None:
    moment = now.astimezone(UTC).isoformat().replace("+00:00", "Z")
    rows = {
        f"hook:{hook.pk}:{event}:{name}": {"hook": str(hook.pk), "event": event, "name": name, "at": moment} | refs
        for hook, refs in refs_of.items()
    }
    if rows:
        outbox.put_all(KIND, rows, now=now)


def _place(hook: Hook, name: str) -> tuple[str, ...]:
    return ("askpeer_outboxrow", "refs", str(hook.pk), name)


def _seal(slug: str, hook: Hook, name: str) -> str:
    return base64.b64encode(vault.seal(slug, key=hook.key(), place=_place(hook, name))).decode()


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


def told(refs: dict[str, str], *, key: str, now: datetime) -> Telling | None:
    """The webhook for one row, or None when its hook is gone or paused, or what it would say holds no more."""
    hook = listening(refs["event"]).filter(pk=refs["hook"]).first()
    data = hook and DATA[refs["event"]](hook, refs)
    if not hook or not data:
        return None
    body = json.dumps({"type": refs["event"], "timestamp": refs["at"], "data": data}, separators=(",", ":"))
    return Telling(
        url=hook.url,
        secret=hook.secret,
        body=body.encode(),
        key=key,
        at=now,
        hook_id=str(hook.pk),
        rests_until=hook.rests_until,
        silent_since=hook.silent_since,
    )


def _of_question(hook: Hook, refs: dict[str, str]) -> dict[str, str] | None:
    """A row that was on its way when its question was erased may come back to wait: nothing old is told then."""
    question = Question.objects.filter(pk=refs["question"], partner=hook.partner_id).only("status").first()
    if question is None or (question.status == states.WITHDRAWN and refs["status"] != states.WITHDRAWN):
        return None
    return {"id": refs["question"], "status": refs["status"]}


def _of_published(hook: Hook, refs: dict[str, str]) -> dict[str, str] | None:
    out = Publication.objects.filter(pk=refs["publication"], status=Publication.Status.PUBLISHED)
    slug = out.values_list("slug", flat=True).first()
    return {"slug": slug} if slug else None


def _of_withdrawn(hook: Hook, refs: dict[str, str]) -> dict[str, str] | None:
    """A text that came back stands under its old address again: a late word of its leaving would take it down."""
    slug = vault.unseal(base64.b64decode(refs["slug"]), key=hook.key(), place=_place(hook, refs["name"]))
    return None if addressing.find(slug) else {"slug": slug}


DATA: dict[str, Callable[[Hook, dict[str, str]], dict[str, str] | None]] = {
    STATUS_CHANGED: _of_question,
    PUBLISHED: _of_published,
    WITHDRAWN: _of_withdrawn,
}
