"""Message texts that wait: a reviewer reads what somebody else wrote, and says yes to exactly these words."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods

from advisors.access import StaffRequest
from advisors.drafting import wording
from advisors.signoff import rewording, wordings
from advisors.signoff.doors import page, reviewers
from advisors.signoff.models import Wording
from askpeer import prose
from askpeer.errors import Refused, Stale
from questions.intake import languages


@reviewers
@require_http_methods(["GET"])
def waiting(request: StaffRequest) -> HttpResponse:
    return _list(request)


def _list(request: StaffRequest, status: int = 200) -> HttpResponse:
    used = {(row.kind, row.code, row.language): row for row in wordings.in_use()}
    rows = [_shown(row, used) | {"why_not": rewording.why_not(row, request.user)} for row in rewording.waiting()]
    kept = [row["text"] for row in rows if row["why_not"]]
    could = rewording.who_could(kept, now=timezone.now()) if kept else {}
    for row in rows:
        row["could"] = could.get(row["text"].pk, "")
    return page(request, "texts/list.html", {"rows": rows}, status=status)


def _shown(row: Wording, used: dict[tuple[str, str, str], Wording]) -> dict[str, Any]:
    now = used.get((row.kind, row.code, row.language))
    return {
        "text": row,
        "language": languages.name_of(row.language),
        "html": as_sent(row.text),
        "now": as_sent(now.text) if now else "",
        "findings": wording.check(row.text),
        "seen": rewording.seen(row),
    }


def as_sent(text: str) -> str:
    """As it is rendered when it is sent."""
    return mark_safe(prose.render(text))  # nosec B308 B703


@reviewers
@require_http_methods(["POST"])
def approve(request: StaffRequest, pk: int) -> HttpResponse:
    row, seen = _row(pk), request.POST.get("seen", "")
    try:
        rewording.approve(wording=row, seen=seen, by=request.user, now=timezone.now())
    except Refused as refusal:
        return _refused(request, refusal)
    messages.success(request, f"{row.label} is in use now, in exactly these words.")
    return redirect("review:texts")


@reviewers
@require_http_methods(["POST"])
def drop(request: StaffRequest, pk: int) -> HttpResponse:
    try:
        rewording.drop(wording=_row(pk), by=request.user, now=timezone.now())
    except Refused as refusal:
        return _refused(request, refusal)
    messages.success(request, "Let go. What was in use before is still in use.")
    return redirect("review:texts")


def _refused(request: StaffRequest, refusal: Refused) -> HttpResponse:
    messages.error(request, str(refusal))
    return _list(request, 409 if isinstance(refusal, Stale) else 422)


def _row(pk: int) -> Wording:
    return get_object_or_404(Wording, pk=min(pk, 2**31))
