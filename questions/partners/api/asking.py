"""POST questions/: a question asked on a partner's page."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from rest_framework.request import Request
from rest_framework.response import Response

from askpeer.hours import NoOpeningHours
from questions.intake import asking, helping, languages, safety, trustees
from questions.models import Question
from questions.partners import idempotency, rules
from questions.partners.api import caring, schema
from questions.partners.api.bases import PartnerView, partner_of, read, secret_of
from questions.partners.api.problems import Problem
from questions.partners.api.serializers import AskedOut, AskIn, SavedOut
from questions.partners.models import Partner

REPLAYED = "Idempotent-Replay"


class AskView(PartnerView):
    """Saves the question and gives its receipt and its promise, in one transaction."""

    required_scope = "ask"

    @schema.described(
        "Ask a question",
        request=AskIn,
        ok={201: AskedOut},
        problems=(*schema.WITH_BODY, "too-young", "not-for-this-age", "idempotency-key-reused", "closed"),
        headers=[schema.IDEMPOTENCY_KEY, schema.REPLAYED],
    )
    def post(self, request: Request) -> Response:
        now = timezone.now()
        fields = read(AskIn, request.data)
        try:
            return _asked(request, fields, now=now)
        except asking.TooYoung:
            raise _too_young(fields, now=now) from None
        except rules.NotForThisAge:
            raise _not_for_this_age(request, fields, now=now) from None
        except trustees.NoTrustee:
            raise _without_a_trustee(request, fields, now=now) from None
        except idempotency.Reused as refusal:
            raise Problem("idempotency-key-reused", str(refusal)) from None
        except (NoOpeningHours, asking.Full):
            raise _closed(request, fields, now=now) from None


def _asked(request: Request, fields: dict[str, Any], *, now: datetime) -> Response:
    partner = partner_of(request)

    def act() -> tuple[Question, dict[str, Any]]:
        rules.check_ages(partner, age_band=fields["age_band"])
        asked = asking.ask(text=fields.pop("text", ""), partner=partner, now=now, **fields)
        question = asked.question
        found = {"id": question.pk, "receipt": asked.receipt, "status": question.status}
        return question, dict(SavedOut(found | {"promised_at": question.round.promised_at}).data)

    sent_key = request.headers.get("Idempotency-Key")
    if sent_key is None:
        return _told(partner, *act(), now=now)
    ticket = idempotency.ticket(partner=partner, secret=secret_of(request), idempotency_key=sent_key, body=request.data)
    question, saved, replayed = idempotency.once(ticket, now=now, act=act)
    return _told(partner, question, saved, now=now, headers={REPLAYED: "true"} if replayed else None)


def _told(
    partner: Partner, question: Question, saved: dict[str, Any], *, now: datetime, headers: dict[str, str] | None = None
) -> Response:
    """Who helps is as it stands now, also where the rest was kept from the first time."""
    care = caring.after_asking(question, partner=partner, now=now)
    return Response(AskedOut(saved | care).data, status=201, headers=headers)


def _too_young(fields: dict[str, Any], *, now: datetime) -> Problem:
    """Names services of the child's own country; none of ours for a child who is elsewhere."""
    with _spoken(fields):
        found = _own(fields, now=now) if fields.get("nation") else helping.for_children()
        detail = str(asking.TooYoung()) if found else safety.unknown_there()
        return Problem("too-young", detail, services=caring.told(found))


def _not_for_this_age(request: Request, fields: dict[str, Any], *, now: datetime) -> Problem:
    with _spoken(fields):
        ask_url = settings.SITE_URL + reverse("intake:ask")
        return _refused(request, fields, "not-for-this-age", str(rules.NotForThisAge()), now=now, ask_url=ask_url)


def _closed(request: Request, fields: dict[str, Any], *, now: datetime) -> Problem:
    with _spoken(fields):
        return _refused(request, fields, "closed", str(asking.Full()), now=now)


def _refused(
    request: Request, fields: dict[str, Any], slug: str, sentence: str, *, now: datetime, **extra: str
) -> Problem:
    with _spoken(fields):
        own = _own(fields, now=now)
        detail = sentence if own else f"{sentence} {safety.unknown_there()}"
        return Problem(slug, detail, services=_with_theirs(request, fields, own), **extra)


def _without_a_trustee(request: Request, fields: dict[str, Any], *, now: datetime) -> Problem:
    with _spoken(fields):
        own = _own(fields, now=now)
        return Problem("refused", safety.nobody_reads(own), services=_with_theirs(request, fields, own))


def _own(fields: dict[str, Any], *, now: datetime) -> list[helping.Helper]:
    return helping.services(nation=fields.get("nation", ""), age_band=fields["age_band"], now=now)


def _with_theirs(request: Request, fields: dict[str, Any], own: list[helping.Helper]) -> list[dict[str, Any]]:
    nation, age_band = fields.get("nation", ""), fields["age_band"]
    return caring.told(rules.with_theirs(own, partner_of(request), nation=nation, age_band=age_band))


def _spoken(fields: dict[str, Any]) -> translation.override:
    """In the language they would ask in, whatever the partner's server speaks: where no nation is said, it decides."""
    return translation.override(fields.get("language") or languages.current())
