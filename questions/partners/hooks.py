"""Telling partners by webhook that something changed: an id and a status, or an address of the library. Never words.

What happened is put into the outbox in its own transaction, a row for each hook. Right before sending it is asked
again whether the partner still listens and the thing still stands. Sources: Standard Webhooks 1.0.0, thin payloads.
"""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from askpeer import addresses, outbox, vault, webhook
from askpeer.errors import Refused, Stale
from questions import states
from questions.models import Question
from questions.partners.models import Hook, Partner
from questions.partners.telling import KIND, Telling
from questions.publication import addressing
from questions.publication.models import Publication

MOST = 3  # hooks of a partner: each adds a row to every move of its questions
CHANGED = "Somebody changed the secret of this webhook a moment ago. Look at it as it is now."
CHANGE_OVER = timedelta(hours=24)  # in which former secrets sign too
MOST_FORMER = 3
TOO_MANY = "Four secrets sign already. End the old ones first, or wait until their 24 hours are over."
STATUS_CHANGED, PUBLISHED, WITHDRAWN = "question.status_changed", "library.published", "library.withdrawn"


@transaction.atomic
def add(*, partner: Partner, url: str, now: datetime) -> str:
    """Tell a partner of changes at this address from now on; return its secret, this once. Raises Refused."""
    if not addresses.may_be_public(addresses.read(url).host):
        raise Refused("This address is not on the public internet.")
    # The partner's row is the lock: two hooks added at once would each see room for one more.
    Partner.objects.select_for_update().get(pk=partner.pk)
    if partner.hooks.count() >= MOST:
        raise Refused(f"A partner can have {MOST} webhooks at most. Remove one first.")
    if partner.hooks.filter(url=url).exists():
        raise Refused("This partner has a webhook at this address already. Remove it first for a new secret.")
    secret = webhook.new_secret()
    Hook.objects.create(partner=partner, url=url, secret=secret, since=now)
    return secret


@transaction.atomic
def rotate(*, hook: Hook, now: datetime) -> str:
    """Sign with a new secret, returned this once; every one before it signs beside it for 24 hours more.

    Which of them the partner has nobody here knows: one that was shown may never have been handed on. hook is as it was
    seen: where its secret was changed since, somebody else has just been shown one. Raises Stale, Refused.
    """
    row = Hook.objects.select_for_update().filter(pk=hook.pk, former_until=hook.former_until).first()
    if row is None or row.secret != hook.secret:
        raise Stale(CHANGED)
    former = [row.secret, *former_secrets(row, now)]
    if len(former) > MOST_FORMER:
        raise Refused(TOO_MANY)
    row.former_secret, row.former_until = " ".join(former), now + CHANGE_OVER
    row.secret = webhook.new_secret()
    row.save(update_fields=["secret", "former_secret", "former_until"])
    return row.secret


def mark(hook: Hook) -> str:
    """By this a page knows whether the secret it was made from still signs; it tells nothing of the secret."""
    return salted_hmac("questions.partners.hooks.mark", hook.secret, algorithm="sha256").hexdigest()[:16]


def end_former(*, hook: Hook) -> None:
    """Let the old secrets sign no more, from now on. hook is as it was seen. Raises Stale."""
    former = Hook.objects.filter(pk=hook.pk, former_until=hook.former_until, former_secret__isnull=False)
    if not former.update(former_secret=None, former_until=None):
        raise Stale(CHANGED)


def drop_former(*, now: datetime) -> int:
    """Delete the old secrets whose 24 hours are over; return how many. 1 SQL."""
    return Hook.objects.filter(former_until__lte=now).update(former_secret=None, former_until=None)


def resume(*, hook: Hook) -> None:
    """Tell a paused hook of what happens from now on. Raises Stale when it is not paused."""
    paused = Hook.objects.filter(pk=hook.pk, paused_at__isnull=False)
    if not paused.update(paused_at=None, rests_until=None, silent_since=None):
        raise Stale("This webhook is not paused any more.")


def revive(refs: dict[str, str]) -> None:
    """Begin the silence of a row's hook anew: what is sent again after it was given up has all its tries. 1 SQL."""
    Hook.objects.filter(pk=refs["hook"]).update(silent_since=None)


def listening(event: str) -> QuerySet[Hook]:
    """The hooks that hear of such an event. A school never hears of a question."""
    hooks = Hook.objects.filter(paused_at=None, partner__active=True)
    return hooks.exclude(partner__kind=Partner.Kind.SCHOOL) if event == STATUS_CHANGED else hooks


def status_changed(question: Question, *, now: datetime) -> None:
    """A question moved: tell the partner it came through. 0 SQL for one that came through none.

    One that was asked on our own pages, to which the partner's button led, is none of its business.
    """
    if question.partner_id is None or question.by_button:
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
    """A text leaves the library for good or for a time, its address with it or not: tell every partner who listens.

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
        former=former_secrets(hook, now),
        body=body.encode(),
        key=key,
        at=now,
        hook_id=str(hook.pk),
        rests_until=hook.rests_until,
        silent_since=hook.silent_since,
    )


def former_secrets(hook: Hook, now: datetime) -> list[str]:
    """The secrets that sign beside the new one, the newest first; none where their time is over."""
    return (hook.former_secret or "").split() if hook.former_until and now < hook.former_until else []


def _of_question(hook: Hook, refs: dict[str, str]) -> dict[str, str] | None:
    """A row that was on its way when its question was erased may come back to wait: nothing old is told then."""
    theirs = Question.objects.filter(pk=refs["question"], partner=hook.partner_id, by_button=False)
    question = theirs.only("status").first()
    if question is None or (question.status == states.WITHDRAWN and refs["status"] != states.WITHDRAWN):
        return None
    return {"id": refs["question"], "status": refs["status"]}


def _of_published(hook: Hook, refs: dict[str, str]) -> dict[str, str] | None:
    out = Publication.objects.filter(pk=refs["publication"], status=Publication.Status.PUBLISHED, hidden_at=None)
    slug = out.values_list("slug", flat=True).first()
    return {"slug": slug} if slug else None


def _of_withdrawn(hook: Hook, refs: dict[str, str]) -> dict[str, str] | None:
    """A text that came back stands under its old address again: a late word of its leaving would take it down."""
    slug = vault.unseal(base64.b64decode(refs["slug"]), key=hook.key(), place=_place(hook, refs["name"]))
    known = addressing.find(slug)
    is_back = known is not None and known.status == Publication.Status.PUBLISHED and known.hidden_at is None
    return None if is_back else {"slug": slug}


DATA: dict[str, Callable[[Hook, dict[str, str]], dict[str, str] | None]] = {
    STATUS_CHANGED: _of_question,
    PUBLISHED: _of_published,
    WITHDRAWN: _of_withdrawn,
}
