"""The manager's screens. Each view parses, calls one verb, answers."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from advisors import inviting
from advisors.access import StaffRequest, staff
from advisors.managing import failed, languages, words
from advisors.managing.forms import CountryForm, InviteForm
from advisors.managing.sections import TABS
from advisors.models import Invitation, Role
from askpeer.errors import Refused, Stale
from askpeer.models import OutboxRow

INVITATIONS_SHOWN = 20
manager = staff(Role.MANAGER)


def _page(request: StaffRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, f"managing/{template}.html", {"sections": TABS, **context}, status=status)


@require_safe
@manager
def failed_list(request: StaffRequest) -> HttpResponse:
    return _failed(request, before=_before(request))


def _before(request: StaffRequest) -> int | None:
    """The id to go on before in a list, newest first; None for its first page."""
    before = request.GET.get("before", "")
    is_id = before.isascii() and before.isdigit() and len(before) < 19
    return int(before) if is_id else None


def _failed(request: StaffRequest, status: int = 200, before: int | None = None) -> HttpResponse:
    trying = failed.trying(now=timezone.now())
    return _page(request, "failed", status=status, page=failed.dead(before=before), trying=trying)


@require_POST
@manager
def failed_retry(request: StaffRequest, pk: int) -> HttpResponse:
    return _settle(request, pk, failed.retry, "It is tried again now, if there still is something to tell.")


@require_POST
@manager
def failed_close(request: StaffRequest, pk: int) -> HttpResponse:
    return _settle(request, pk, failed.close, "Closed. It will not be sent.")


def _settle(request: StaffRequest, pk: int, verb: Callable[..., None], done: str) -> HttpResponse:
    row = get_object_or_404(OutboxRow, pk=pk)
    try:
        verb(row=row, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _failed(request, status=409)
    messages.success(request, done)
    return redirect("manage:failed")


@require_http_methods(["GET", "HEAD", "POST"])
@manager
def invitations(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    form = InviteForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and (invited := form.send(by=request.user, now=now)):
        messages.success(request, f"{invited.alias} is invited. The link works for seven days.")
        return redirect("manage:invitations")
    return _invitations(request, form, status=422 if form.errors else 200)


def _invitations(request: StaffRequest, form: InviteForm, status: int) -> HttpResponse:
    rows, before = Invitation.objects.select_related("invited_by").order_by("-pk"), _before(request)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: INVITATIONS_SHOWN + 1])
    shown = found[:INVITATIONS_SHOWN]
    older = f"?before={shown[-1].pk}" if len(found) > INVITATIONS_SHOWN else ""
    context: dict[str, Any] = {"invitations": shown, "older": older, "now": timezone.now()}
    return _page(request, "invitations", status=status, form=form, **context)


@require_POST
@manager
def resend(request: StaffRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation, pk=pk)
    try:
        inviting.resend(invitation=invitation, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _invitations(request, InviteForm(), status=409)
    messages.success(request, f"Sent to {invitation.alias} again. The link works for seven days.")
    return redirect("manage:invitations")


@require_POST
@manager
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation, pk=pk)
    try:
        inviting.withdraw(invitation=invitation, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _invitations(request, InviteForm(), status=409)
    messages.success(request, f"The invitation of {invitation.alias} is taken back. Its link opens nothing any more.")
    return redirect("manage:invitations")


@require_safe
@manager
def languages_list(request: StaffRequest) -> HttpResponse:
    return _languages(request, {})


def _languages(request: StaffRequest, given: dict[str, CountryForm], status: int = 200) -> HttpResponse:
    rows = [(row, given.get(row.code) or _country_form(row)) for row in languages.standing(now=timezone.now())]
    return _page(request, "languages", status=status, rows=rows, trouble=list(given.values()))


def _country_form(row: languages.Standing) -> CountryForm:
    return CountryForm(initial={"country": row.country}, auto_id=f"id_{row.code}_%s")


@require_POST
@manager
def language_on(request: StaffRequest, code: str) -> HttpResponse:
    form = CountryForm(request.POST, auto_id=f"id_{code}_%s")
    if not form.is_valid():
        return _languages(request, {code: form}, status=422)
    try:
        languages.switch_on(code=code, **form.cleaned_data, by=request.user, now=timezone.now())
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _languages(request, {code: form}, status=422)
    messages.success(request, "Switched on. People can ask in it now.")
    return redirect("manage:languages")


@require_POST
@manager
def language_off(request: StaffRequest, code: str) -> HttpResponse:
    try:
        languages.switch_off(code=code, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _languages(request, {}, status=409 if isinstance(refusal, Stale) else 422)
    messages.success(request, "Switched off. Nobody new can ask in it. The questions that are here go on.")
    return redirect("manage:languages")


@require_safe
@manager
def words_list(request: StaffRequest) -> HttpResponse:
    return _page(request, "words", words=words.waiting())


@require_POST
@manager
def word_accept(request: StaffRequest, pk: UUID) -> HttpResponse:
    return _decide(request, pk, words.accept, "Accepted. The library finds by it now.")


@require_POST
@manager
def word_refuse(request: StaffRequest, pk: UUID) -> HttpResponse:
    return _decide(request, pk, words.refuse, "Refused. It is gone.")


def _decide(request: StaffRequest, pk: UUID, verb: Callable[..., None], done: str) -> HttpResponse:
    try:
        verb(suggestion=words.find(pk), by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        status = 409 if isinstance(refusal, Stale) else 422
        return _page(request, "words", status=status, words=words.waiting())
    messages.success(request, done)
    return redirect("manage:words")
