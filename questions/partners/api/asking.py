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
from questions.partners.api.problems import KINDS, Problem
from questions.partners.api.serializers import AskedOut, AskIn

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
        except asking.TooYoung as refusal:
            raise Problem("too-young", str(refusal), services=_for_children(fields, now=now)) from None
        except rules.NotForThisAge:
            raise _not_for_this_age(request, fields, now=now) from None
        except trustees.NoTrustee:
            raise _without_a_trustee(request, fields, now=now) from None
        except idempotency.Reused as refusal:
            raise Problem("idempotency-key-reused", str(refusal)) from None
        except (NoOpeningHours, asking.Full):
            raise Problem("closed", KINDS["closed"].remedy, services=_for_now(request, fields, now=now)) from None


def _asked(request: Request, fields: dict[str, Any], *, now: datetime) -> Response:
    partner = partner_of(request)

    def act() -> tuple[Question, dict[str, Any]]:
        rules.check_ages(partner, age_band=fields["age_band"])
        asked = asking.ask(text=fields.pop("text", ""), partner=partner, now=now, **fields)
        question = asked.question
        found = {"id": question.pk, "receipt": asked.receipt, "status": question.status}
        found |= {"promised_at": question.round.promised_at}
        return question, dict(AskedOut(found | caring.after_asking(question, partner=partner, now=now)).data)

    sent_key = request.headers.get("Idempotency-Key")
    if sent_key is None:
        return Response(act()[1], status=201)
    ticket = idempotency.ticket(partner=partner, secret=secret_of(request), idempotency_key=sent_key, body=request.data)
    body, replayed = idempotency.once(ticket, now=now, act=act)
    return Response(body, status=201, headers={REPLAYED: "true"} if replayed else None)


def _for_children(fields: dict[str, Any], *, now: datetime) -> list[dict[str, Any]]:
    """Services of the child's own country; none of ours for a child who is elsewhere."""
    nation = fields.get("nation", "")
    with _spoken(fields):
        if not nation:
            return caring.told(helping.for_children())
        return caring.told(helping.services(nation=nation, age_band="under-11", now=now))


def _not_for_this_age(request: Request, fields: dict[str, Any], *, now: datetime) -> Problem:
    with _spoken(fields):
        sentence, ask_url = str(rules.NotForThisAge()), settings.SITE_URL + reverse("intake:ask")
        return Problem("not-for-this-age", sentence, services=_for_now(request, fields, now=now), ask_url=ask_url)


def _without_a_trustee(request: Request, fields: dict[str, Any], *, now: datetime) -> Problem:
    with _spoken(fields):
        services = _for_now(request, fields, now=now)
        return Problem("refused", safety.nobody_reads(services), services=services)


def _for_now(request: Request, fields: dict[str, Any], *, now: datetime) -> list[dict[str, Any]]:
    nation, age_band = fields.get("nation", ""), fields["age_band"]
    with _spoken(fields):
        return caring.told(rules.services(partner_of(request), nation=nation, age_band=age_band, now=now))


def _spoken(fields: dict[str, Any]) -> translation.override:
    """In the language they would ask in, whatever the partner's server speaks: where no nation is said, it decides."""
    return translation.override(fields.get("language") or languages.current())
