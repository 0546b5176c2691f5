"""The manager's pages of the message texts: written here, in use once a reviewer said yes."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from advisors.access import StaffRequest
from advisors.managing import texts
from advisors.managing.pages import FORM, attempt, draw, manager, press
from advisors.managing.texts_forms import NewForm, TextForm
from advisors.signoff import rewording
from advisors.signoff.models import Wording
from askpeer import prose
from askpeer.errors import Refused

WAITS = "Written. It is sent once a supervisor or the lead has said yes to it."


@require_safe
@manager
def texts_list(request: StaffRequest) -> HttpResponse:
    return _list(request)


def _list(request: StaffRequest, status: int = 200) -> HttpResponse:
    return draw(request, "texts/list", status=status, rows=texts.listed())


@require_http_methods(FORM)
@manager
def text_new(request: StaffRequest) -> HttpResponse:
    if request.method != "POST":
        return draw(request, "texts/new", form=NewForm())
    form = NewForm(request.POST)
    if request.POST.get("step") == "preview" and form.is_valid():
        return draw(request, "texts/new", form=form, html=_as_sent(form.cleaned_data["text"]))

    def act() -> None:
        code = rewording.code_of(form.cleaned_data["label"])
        if any(row.kind == form.cleaned_data["kind"] and row.code == code for row in texts.listed()):
            raise Refused("There is a text of this name already. Write new words for that one, or choose another name.")
        rewording.propose(**form.cleaned_data, code=code, by=request.user, now=timezone.now())

    if status := attempt(form, act):
        return draw(request, "texts/new", form=form, status=status)
    messages.success(request, WAITS)
    return redirect("manage:texts")


@require_http_methods(FORM)
@manager
def text_edit(request: StaffRequest, kind: str, code: str, language: str) -> HttpResponse:
    where = {"kind": kind, "code": code, "language": language}
    text = next((row for row in texts.listed() if (row.kind, row.code) == (kind, code)), None)
    if text is None or language not in dict(settings.LANGUAGES):
        raise Http404
    place = texts.find(**where)
    if request.method != "POST":
        return _edit(request, text, place, TextForm.of(place, text.label))
    form = TextForm(request.POST)
    if request.POST.get("step") == "preview" and form.is_valid():
        return _edit(request, text, place, form, html=_as_sent(form.cleaned_data["text"]))
    sent: dict[str, Any] = where | {"by": request.user, "now": timezone.now()}
    status = attempt(form, lambda: rewording.propose(**form.cleaned_data, **sent))
    if not status:
        messages.success(request, WAITS)
        return redirect("manage:texts")
    if status == 409:
        place = texts.find(**where)
        form.look_again(rewording.seen(place.waits))
    return _edit(request, text, place, form, status)


def _edit(
    request: StaffRequest, text: texts.Text, place: texts.Place, form: TextForm, status: int = 200, html: str = ""
) -> HttpResponse:
    shown = {"text": text, "place": place, "form": form, "html": html, "stale": status == 409}
    shown |= {"now": _as_sent(place.now.text) if place.now else ""}
    return draw(request, "texts/edit", status=status, waits=_as_sent(place.waits.text) if place.waits else "", **shown)


def _as_sent(text: str) -> str:
    """As it is rendered when it is sent."""
    return mark_safe(prose.render(text))  # nosec B308 B703


@require_POST
@manager
def text_retire(request: StaffRequest, pk: int) -> HttpResponse:
    return _press(request, pk, rewording.retire, "{} is retired. What was sent of it stays sent.")


@require_POST
@manager
def text_drop(request: StaffRequest, pk: int) -> HttpResponse:
    return _press(request, pk, rewording.drop, "The new words for {} are gone. What is in use stays in use.")


def _press(request: StaffRequest, pk: int, verb: Callable[..., None], done: str) -> HttpResponse:
    row = get_object_or_404(Wording, pk=min(pk, 2**31))
    status = press(request, lambda: verb(wording=row, by=request.user, now=timezone.now()), done.format(row.label))
    return _list(request, status) if status else redirect("manage:texts")
