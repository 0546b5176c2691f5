"""Asking in three pages. Each POSTs, then redirects; what was typed waits in one sealed draft."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from askpeer import calendars, throttle
from askpeer.errors import Refused
from questions import deadlines, states
from questions.intake import checking, helping, sentences, waiting
from questions.intake.forms import AboutForm, SendForm, WordsForm
from questions.intake.views.pages import COOKIE
from questions.intake.waiting import Draft

ASKS_AN_HOUR = 30
PROMISE = signing.Signer(salt="the promise shown")


def _draft(request: HttpRequest, now: datetime) -> Draft | None:
    return waiting.find(request.COOKIES.get(COOKIE, ""), now=now)


def _with_cookie(response: HttpResponse, draft: Draft) -> HttpResponse:
    seconds = int(waiting.KEPT.total_seconds())
    response.set_cookie(COOKIE, draft.key, max_age=seconds, httponly=True, samesite="Lax", secure=settings.SECURE)
    return response


def _forget_cookie(response: HttpResponse) -> HttpResponse:
    response.delete_cookie(COOKIE, samesite="Lax")
    return response


def _promise_now(now: datetime) -> datetime:
    return deadlines.promise(calendars.current(), asked=now)


def _shown(field: str, now: datetime) -> tuple[datetime, datetime]:
    """The promise that the first page showed, and when; a new one where that is over an hour ago, or not ours."""
    try:
        said = PROMISE.unsign_object(field)
    except signing.BadSignature:
        return _promise_now(now), now
    shown_at, promised_at = (datetime.fromisoformat(said[name]) for name in ("shown", "promised"))
    return (promised_at, shown_at) if now - shown_at <= waiting.KEPT else (_promise_now(now), now)


@require_http_methods(["GET", "HEAD", "POST"])
def about(request: HttpRequest) -> HttpResponse:
    """Ask 1: first a little about you."""
    now = timezone.now()
    draft = _draft(request, now)
    if draft and draft.is_sent:
        return redirect("intake:receipt")
    if request.method != "POST":
        return _about_page(request, _about_form(draft, now), draft, now)
    form = AboutForm(request.POST)
    if not form.is_valid():
        return _about_page(request, form, draft, now, status=422)
    if form.cleaned_data["age_band"] == "under-11":
        waiting.leave(request.COOKIES.get(COOKIE, ""))
        return _forget_cookie(redirect("intake:young"))
    return _keep_about(form, draft, now)


def _about_form(draft: Draft | None, now: datetime) -> AboutForm:
    if draft:
        return AboutForm(initial=draft.kept)
    said = {"shown": now.isoformat(), "promised": _promise_now(now).isoformat()}
    return AboutForm(initial={"shown": PROMISE.sign_object(said)})


def _about_page(
    request: HttpRequest, form: AboutForm, draft: Draft | None, now: datetime, status: int = 200
) -> HttpResponse:
    field = str(form["shown"].value() or "")
    promised = draft.promised_at if draft else _shown(field, now)[0]
    context = {
        "form": form,
        "promised": sentences.moment(promised),
        "again": bool(draft and draft.has_words and not draft.has_about),
    }
    return render(request, "intake/ask/about.html", context, status=status)


def _keep_about(form: AboutForm, draft: Draft | None, now: datetime) -> HttpResponse:
    told = {name: value for name, value in form.cleaned_data.items() if name != "shown"}
    promised_at, shown_at = _shown(form.cleaned_data["shown"], now)
    kept = _kept(draft, told, now) or waiting.start(kept=told, promised_at=promised_at, shown_at=shown_at, now=now)
    return redirect("intake:receipt") if kept.is_sent else _with_cookie(redirect("intake:words"), kept)


def _kept(draft: Draft | None, changes: dict[str, Any], now: datetime) -> Draft | None:
    """The draft with these changes; as it is where it was sent meanwhile; None where there is none any more."""
    if draft is None:
        return None
    try:
        waiting.keep(draft, changes, now=now)
    except waiting.Gone:
        return waiting.find(draft.key, now=now)
    return draft


@require_http_methods(["GET", "HEAD", "POST"])
def words(request: HttpRequest) -> HttpResponse:
    """Ask 2: what's going on?"""
    now = timezone.now()
    draft = _draft(request, now)
    if draft and draft.is_sent and request.method != "POST":
        return redirect("intake:receipt")
    if request.method != "POST":
        form = WordsForm(initial=_words_kept(draft)) if draft and draft.has_about else None
        return _words_page(request, form) if form else redirect("intake:ask")
    form = WordsForm(request.POST)
    if not form.is_valid():
        return _words_page(request, form, status=422)
    # Where the page waited too long the words are kept, and the first page is asked once more.
    kept = _kept(draft, form.kept(), now) or waiting.start(
        kept=form.kept(), promised_at=_promise_now(now), shown_at=now, now=now
    )
    if kept.is_sent:
        form.add_error(None, _("Your question was just sent without these words. Copy them to send them later."))
        return _words_page(request, form, status=409)
    return _with_cookie(redirect("intake:check" if kept.has_about else "intake:ask"), kept)


def _words_page(request: HttpRequest, form: WordsForm, status: int = 200) -> HttpResponse:
    return render(request, "intake/ask/words.html", {"form": form}, status=status)


def _words_kept(draft: Draft) -> dict[str, Any]:
    moments = enumerate(draft.kept.get("moments", []), start=1)
    return draft.kept | {f"moment_{number}": moment for number, moment in moments}


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Ask 3: check and send."""
    now = timezone.now()
    draft = _draft(request, now)
    if draft and draft.is_sent:
        return _after(draft)
    if draft is None or not draft.has_about:
        return redirect("intake:ask")
    if not draft.has_words:
        return redirect("intake:words")
    if request.method == "POST":
        return _send(request, draft, now)
    try:
        waiting.renew_promise(draft, now=now)
    except waiting.Gone:  # sent or left in another window: look again
        return redirect("intake:check")
    return _with_cookie(_check_page(request, SendForm(), draft), draft)


def _check_page(request: HttpRequest, form: SendForm, draft: Draft, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "draft": draft.kept,
        "look": checking.look(draft.kept, language=_language()),
        "promised": sentences.moment(draft.promised_at),
    }
    return render(request, "intake/ask/check.html", context, status=status)


def _send(request: HttpRequest, draft: Draft, now: datetime) -> HttpResponse:
    form = SendForm(request.POST)
    if form.is_valid():
        email = form.cleaned_data["email"]
        try:
            sent = waiting.send(draft, email=email, language=_language(), quarantined=_too_many(request, now), now=now)
        except waiting.Gone:
            return redirect("intake:ask")
        except Refused as refusal:
            form.add_error("email" if email else None, str(refusal))
        else:
            return _with_cookie(_after(sent), sent)
    return _check_page(request, form, draft, status=422)


def _too_many(request: HttpRequest, now: datetime) -> bool:
    """More from one network than people there can mean: still taken, read apart."""
    client = throttle.bucket(request, today=now.date())
    return not throttle.within("ask", client, limit=ASKS_AN_HOUR, seconds=3600)


def _language() -> str:
    return (get_language() or settings.LANGUAGE_CODE)[:2]


def _after(draft: Draft) -> HttpResponse:
    return redirect("intake:receipt" if draft.kept["level"] == states.GREEN else "intake:safe")


@require_safe
def safe(request: HttpRequest) -> HttpResponse:
    """Are you safe right now? The question is saved already, and its words stand here."""
    now = timezone.now()
    draft = _draft(request, now)
    if draft is None or not draft.is_sent:
        return redirect("intake:mine")
    opens, nation = calendars.current().next_open(now), draft.kept["nation"]
    context = {
        "receipt": draft.kept["receipt"],
        "helpers": helping.services(nation=nation, age_band=draft.kept["age_band"], now=now),
        "hurt": helping.hurt(nation),
        "nation": nation,
        "opens": sentences.soon(opens) if opens > now else "",
    }
    return render(request, "intake/ask/safe.html", context | helping.elsewhere(nation))


@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest) -> HttpResponse:
    """The six words, until "I've saved it"."""
    draft = _draft(request, timezone.now())
    if draft is None or not draft.is_sent:
        return redirect("intake:mine")
    if request.method == "POST":
        waiting.leave(draft.key)
        return _forget_cookie(redirect("intake:saved"))
    context = {
        "receipt": draft.kept["receipt"],
        "about_staff": draft.kept["about_staff"],
        "may_be_asked": draft.kept["has_email"],
        "promised": sentences.moment(draft.promised_at),
    }
    return render(request, "intake/ask/receipt.html", context)


@require_safe
def notes(request: HttpRequest) -> HttpResponse:
    """The same words as a file that gives nothing away by its name."""
    draft = _draft(request, timezone.now())
    if draft is None or not draft.is_sent:
        return redirect("intake:mine")
    context = {
        "receipt": draft.kept["receipt"],
        "promised": sentences.moment(draft.promised_at),
        "site": settings.SITE_URL,
    }
    response = render(request, "intake/ask/notes.txt", context, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="notes.txt"'
    return response


@require_safe
def saved(request: HttpRequest) -> HttpResponse:
    return render(request, "intake/ask/saved.html")
