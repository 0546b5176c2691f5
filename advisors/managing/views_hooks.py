"""The manager's pages of a partner's webhooks: added, looked into, given a new secret, resumed, removed."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from advisors.access import StaffRequest
from advisors.managing import failed, once, partner_access
from advisors.managing.partner_forms import HookForm, SeenForm
from advisors.managing.views import manager
from advisors.managing.views_partners import FORM, ONCE, delivered, draw, edit, partner_or_404, status_of
from askpeer.errors import Refused, Stale
from questions.partners import hooks, logbook
from questions.partners.models import Hook


def _hook_or_404(pk: UUID, hook: UUID) -> Hook:
    return get_object_or_404(Hook.objects.select_related("partner"), pk=hook, partner=pk)


@require_http_methods(FORM)
@manager
def add(request: StaffRequest, pk: UUID) -> HttpResponse:
    partner = partner_or_404(pk)
    form = HookForm(request.POST if request.method == "POST" else None)

    def act(now: datetime) -> None:
        partner_access.add_hook(partner=partner, url=form.cleaned_data["url"], by=request.user, now=now)

    def is_again(refusal: Refused) -> bool:
        mine = once.waiting(request.user, partner, now=timezone.now(), hook__url=form.cleaned_data["url"])
        return str(refusal) != partner_access.ENDED and mine.exists()

    return edit(request, partner, "hook_add", form, act, ONCE, is_again)


@require_safe
@manager
def home(request: StaffRequest, pk: UUID, hook: UUID) -> HttpResponse:
    before = request.GET.get("before", "")
    is_id = before.isascii() and before.isdigit() and len(before) < 19
    return _draw(request, _hook_or_404(pk, hook), before=int(before) if is_id else None)


def _draw(request: StaffRequest, hook: Hook, *, status: int = 200, before: int | None = None) -> HttpResponse:
    now, page = timezone.now(), logbook.page(hook=hook, before=before)
    rows = [(event, failed.in_words(event.row.error) if event.row.error else "") for event in page.events]
    context = {
        "partner": hook.partner,
        "hook": hook,
        "mark": hooks.mark(hook),
        "rows": rows,
        "next_url": f"?before={page.before}" if page.before else "",
        **delivered(hook.partner, now=now),
        "former": hooks.former_secrets(hook, now),
    }
    return draw(request, "hook", status=status, **context)


@require_POST
@manager
def change_secret(request: StaffRequest, pk: UUID, hook: UUID) -> HttpResponse:
    row, now = _hook_or_404(pk, hook), timezone.now()
    try:
        partner_access.change_secret(hook=row, seen=request.POST.get("seen", ""), by=request.user, now=now)
    except Refused as refusal:
        # Pressed twice, it goes on to what the first made.
        if not (isinstance(refusal, Stale) and once.waiting(request.user, row.partner, now=now, hook=row).exists()):
            return _refused(request, pk, hook, refusal)
    return redirect(ONCE, pk)


@require_POST
@manager
def end_former(request: StaffRequest, pk: UUID, hook: UUID) -> HttpResponse:
    row = _hook_or_404(pk, hook)
    row.former_until = SeenForm.moment(request.POST)
    return _act(request, row, partner_access.end_former, "Every old secret has ended. Only the new one signs now.")


@require_POST
@manager
def resume(request: StaffRequest, pk: UUID, hook: UUID) -> HttpResponse:
    done = "Resumed. It hears of what happens from now on."
    return _act(request, _hook_or_404(pk, hook), partner_access.resume, done)


@require_POST
@manager
def send_again(request: StaffRequest, pk: UUID, hook: UUID, row: int) -> HttpResponse:
    webhook = _hook_or_404(pk, hook)
    event = logbook.find(hook=webhook, pk=row)
    if event is None:
        raise Http404
    event.settled_at = SeenForm.moment(request.POST)

    def verb(**given: object) -> None:
        partner_access.send_again(row=event, **given)  # type: ignore[arg-type]

    return _act(request, webhook, verb, "It is sent again now, under the same webhook-id.")


@require_http_methods(FORM)
@manager
def remove(request: StaffRequest, pk: UUID, hook: UUID) -> HttpResponse:
    row = _hook_or_404(pk, hook)
    if request.method != "POST":
        return draw(request, "hook_remove", partner=row.partner, hook=row)
    try:
        is_gone = partner_access.remove_hook(hook=row, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("manage:partner", pk)
    if not is_gone:
        messages.error(request, "Paused: nothing is sent there any more. It could not be removed; try again later.")
        return redirect("manage:partner_hook", pk, hook)
    messages.success(request, "Removed. Nothing is sent to that address any more.")
    return redirect("manage:partner", pk)


def _act(request: StaffRequest, hook: Hook, verb: Callable[..., None], done: str) -> HttpResponse:
    try:
        verb(hook=hook, by=request.user, now=timezone.now())
    except Refused as refusal:
        return _refused(request, hook.partner_id, hook.pk, refusal)
    messages.success(request, done)
    return redirect("manage:partner_hook", hook.partner_id, hook.pk)


def _refused(request: StaffRequest, pk: UUID, hook: UUID, refusal: Refused) -> HttpResponse:
    """The page as it stands now, which says why nothing was done."""
    messages.error(request, str(refusal))
    return _draw(request, _hook_or_404(pk, hook), status=status_of(refusal))
