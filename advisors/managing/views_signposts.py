"""The manager's pages of the directory of services, and the file it can be written to and read from."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from advisors.access import StaffRequest
from advisors.drafting import placing
from advisors.managing import exchanging, hours_said, signposts
from advisors.managing.pages import FORM, SOON, attempt, draw, manager, press, status_of
from advisors.managing.signposts_forms import EntryForm, FileForm
from askpeer.errors import Refused
from questions import holding
from questions.models import Signpost


@require_safe
@manager
def signposts_list(request: StaffRequest) -> HttpResponse:
    return _list(request)


def _list(request: StaffRequest, status: int = 200) -> HttpResponse:
    today = holding.today(timezone.now())
    codes = signposts.countries()
    asked: dict[str, Any] = {"stale": "stale" in request.GET, "crisis": "crisis" in request.GET}
    asked["country"] = next((code for code in codes if code == request.GET.get("country")), "")
    total, stale = signposts.counts(today=today)
    named = [(code, hours_said.countries().get(code, code)) for code in codes]
    context = {"rows": signposts.listed(today=today, **asked), "asked": asked, "total": total, "stale": stale}
    return draw(request, "signposts/list", status=status, countries=named, days=placing.STALE_DAYS, **context)


@require_http_methods(FORM)
@manager
def signpost_new(request: StaffRequest) -> HttpResponse:
    return _edit(request, None)


@require_http_methods(FORM)
@manager
def signpost_edit(request: StaffRequest, pk: int) -> HttpResponse:
    return _edit(request, _row(pk))


def _row(pk: int) -> Signpost:
    rows = Signpost.objects.prefetch_related("channels", "topics")
    return get_object_or_404(rows, pk=min(pk, 2**31))


def _edit(request: StaffRequest, row: Signpost | None) -> HttpResponse:
    now = timezone.now()
    today = holding.today(now)
    form = EntryForm(request.POST if request.method == "POST" else None, there=row, today=today)
    if request.method != "POST":
        return _draw(request, row, form)

    def act() -> None:
        seen = form.cleaned_data["seen"]
        signposts.save(form.given(), signpost=row, seen=seen, by=request.user, now=now)

    status = attempt(form, act)
    if not status:
        messages.success(request, f"{form.cleaned_data['name']} is saved. {SOON}")
        return redirect("manage:signposts")
    if status == 409 and row:
        row = _row(row.pk)
        form.look_again(signposts.seen(row))
    return _draw(request, row, form, status)


def _draw(request: StaffRequest, row: Signpost | None, form: EntryForm, status: int = 200) -> HttpResponse:
    today = holding.today(timezone.now())
    context: dict[str, Any] = {"row": row, "form": form, "stale": status == 409}
    if row:
        context |= {
            "looked_at": signposts.looked_at(row),
            "checked": placing.checked(row, today),
            "is_stale": placing.is_doubtful(row, today),
        }
    return draw(request, "signposts/edit", status=status, **context)


@require_POST
@manager
def signpost_checked(request: StaffRequest, pk: int) -> HttpResponse:
    looked_at = partial(signposts.verify, seen=request.POST.get("seen", ""))
    return _press(request, pk, looked_at, "Thank you. {} was checked today.")


@require_POST
@manager
def signpost_delete(request: StaffRequest, pk: int) -> HttpResponse:
    return _press(request, pk, signposts.delete, "{} is out of the directory.")


def _press(request: StaffRequest, pk: int, verb: Callable[..., None], done: str) -> HttpResponse:
    row = _row(pk)
    status = press(request, lambda: verb(signpost=row, by=request.user, now=timezone.now()), done.format(row.name))
    return _list(request, status) if status else redirect("manage:signposts")


@require_safe
@manager
def signposts_export(request: StaffRequest) -> HttpResponse:
    today = holding.today(timezone.now())
    file = HttpResponse("\ufeff" + exchanging.export(), content_type="text/csv; charset=utf-8")
    file["Content-Disposition"] = f'attachment; filename="signposts-{today:%Y-%m-%d}.csv"'
    return file


@require_http_methods(FORM)
@manager
def signposts_import(request: StaffRequest) -> HttpResponse:
    """One address for choosing a file, for what it would do, and for saving it: nothing before is saved."""
    if request.method != "POST":
        return _choose(request, FileForm())
    if request.POST.get("step") == "save":
        return _bring_in(request)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _choose(request, form, 422)
    try:
        return _preview(request, form.text(), form.named())
    except Refused as refusal:
        form.add_error("file", f"{form.named()}: {refusal} Nothing is saved.")
        return _choose(request, form, 422)


def _choose(request: StaffRequest, form: FileForm, status: int = 200) -> HttpResponse:
    return draw(request, "signposts/import", form=form, columns=exchanging.COLUMNS, status=status)


def _preview(request: StaffRequest, text: str, name: str, status: int = 200) -> HttpResponse:
    found = exchanging.plan(text, now=timezone.now())
    context = {"found": found, "text": text, "name": name, "most": exchanging.SHOWN}
    return draw(request, "signposts/preview", status=422 if found.wrong else status, **context)


def _bring_in(request: StaffRequest) -> HttpResponse:
    text, name = request.POST.get("csv", ""), request.POST.get("named", "")[:80]
    try:
        text = exchanging.decode(text.encode("utf-8", "replace"))
        done = exchanging.bring_in(text, seen=request.POST.get("seen", ""), by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, f"{refusal} Nothing is saved.")
        status = status_of(refusal)
        try:
            return _preview(request, text, name, status)
        except Refused:
            return _choose(request, FileForm(), status)
    messages.success(request, f"{name or 'The file'} is in: {done.new} new, {done.changed} changed. {SOON}")
    return redirect("manage:signposts")
