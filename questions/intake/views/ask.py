"""Asking in three pages. Each POSTs, then redirects; what was typed waits in one sealed draft."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from askpeer import calendars, throttle
from askpeer.errors import Refused
from questions import states
from questions.intake import asking, checking, helping, languages, promising, sentences, sifting, trustees, waiting
from questions.intake.forms import EMAIL_LIMIT, AboutForm, SendForm, WordsForm
from questions.intake.views import draft as drafts
from questions.intake.views import first
from questions.intake.views.draft import forget_cookie, with_cookie
from questions.intake.views.pages import COOKIE
from questions.intake.waiting import Draft


@require_http_methods(["GET", "HEAD", "POST"])
@drafts.unless_left
def about(request: HttpRequest) -> HttpResponse:
    """Ask 1: first a little about you."""
    now = timezone.now()
    draft = drafts.find(request, now)
    if draft and draft.is_sent:
        return redirect("intake:receipt")
    # A promise that was shown holds: who has begun goes on, also where nobody else can begin.
    has_begun = (draft and draft.has_begun) or first.held(request.POST.get("shown", ""), now)
    if not has_begun and promising.room(now).full:
        return _full_page(request, draft, now)
    if request.method != "POST":
        return _about_page(request, _about_form(request, draft, now), draft, now)
    if request.POST.get("age_band") == "under-11":
        return _young(request, now)
    form = AboutForm(request.POST)
    shown = first.going_on(request.POST.get("shown", ""), now)
    if not form.is_valid():
        again = drafts.again(request, form, draft, "about", now, shown)
        return again or _about_page(request, form, draft, now, status=422)
    kept = drafts.keep(request, draft, form.kept() | {"typed_about": None}, now, shown)
    return redirect("intake:receipt") if kept.is_sent else with_cookie(redirect("intake:words"), kept)


def _young(request: HttpRequest, now: datetime) -> HttpResponse:
    """Nothing is stored of somebody under 11; the address says no more than where they live."""
    waiting.leave(request.COOKIES.get(COOKIE, ""), now=now)
    nation = request.POST.get("nation", "")
    where = f"?nation={nation}" if nation and asking.is_nation(nation) else ""
    return forget_cookie(redirect(reverse("intake:young") + where))


def _full_page(request: HttpRequest, draft: Draft | None, now: datetime) -> HttpResponse:
    """No new question is taken just now: why, when to look again, who is there meanwhile; and words that came too late,
    to be copied.
    """
    context = {
        "room": promising.room(now),
        "again": sentences.moment(calendars.current().next_open(now + timedelta(days=1))),
        "wrote": draft.kept.get("text", "") if draft else "",
        "helpers": helping.services(nation="", age_band="rather-not-say", now=now),
    }
    return render(request, "intake/ask/full.html", context)


def _about_form(request: HttpRequest, draft: Draft | None, now: datetime) -> AboutForm:
    came = first.came(request)
    if draft is None:
        return AboutForm(initial={"shown": first.sign(first.anew(now, came))})
    _renewed(draft, now)
    shown = _shown(draft)
    carried = {"shown": first.sign(shown._replace(came=came) if came.slug else shown)}
    return AboutForm(drafts.typed(draft, "about"), initial=draft.kept | carried)


def _shown(draft: Draft) -> first.Shown:
    return first.Shown(draft.promised_at, draft.shown_at, draft.came)


def _about_page(
    request: HttpRequest, form: AboutForm, draft: Draft | None, now: datetime, status: int = 200
) -> HttpResponse:
    field = str(form["shown"].value() or "")
    shown = first.going_on(field, now)
    context = {
        "form": form,
        "partner": first.partner_shown(shown.came),
        "promised": sentences.moment(draft.promised_at if draft else shown.promised_at),
        "busy": promising.room(now).busy,
        "trustee_reads": trustees.is_anybody(now=now) or form["about_lead"].value(),
        "again": bool(draft and draft.has_words and not draft.has_about),
    }
    return render(request, "intake/ask/about.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@drafts.unless_left
def words(request: HttpRequest) -> HttpResponse:
    """Ask 2: what's going on?"""
    now = timezone.now()
    draft = drafts.find(request, now)
    if request.method == "POST":
        return _keep_words(request, draft, now)
    if draft and draft.is_sent:
        return redirect("intake:receipt")
    if draft is None or not draft.has_about:
        return redirect("intake:ask")
    form = WordsForm(drafts.typed(draft, "words"), initial=_words_kept(draft), clean=draft.clean_labels)
    return _words_page(request, form, draft)


def _keep_words(request: HttpRequest, draft: Draft | None, now: datetime) -> HttpResponse:
    back = "back" in request.POST
    form = WordsForm(request.POST, clean=bool(draft and draft.clean_labels), may_be_empty=back)
    if not form.is_valid():
        return drafts.again(request, form, draft, "words", now) or _words_page(request, form, draft, status=422)
    # Where the page waited too long the words are kept, and the first page is asked once more.
    kept = drafts.keep(request, draft, form.kept() | {"typed_words": None, "resumed": None}, now)
    if kept.is_sent:
        form.add_error(None, _("Your question was just sent without these words. Copy them to send them later."))
        return _words_page(request, form, draft, status=409)
    return with_cookie(redirect("intake:check" if kept.has_about and not back else "intake:ask"), kept)


def _words_page(request: HttpRequest, form: WordsForm, draft: Draft | None, status: int = 200) -> HttpResponse:
    context = {"form": form, "partner": first.partner_shown(draft.came) if draft else None}
    return render(request, "intake/ask/words.html", context, status=status)


def _words_kept(draft: Draft) -> dict[str, Any]:
    moments = enumerate(draft.kept.get("moments", []), start=1)
    return draft.kept | {f"moment_{number}": moment for number, moment in moments}


@require_http_methods(["GET", "HEAD", "POST"])
@drafts.unless_left
def check(request: HttpRequest) -> HttpResponse:
    """Ask 3: check and send."""
    now = timezone.now()
    draft = drafts.find(request, now)
    if draft and draft.is_sent:
        return _after(draft)
    if draft is None and request.method == "POST":
        return _resume(request, now)
    if draft is None or not draft.has_about:
        return redirect("intake:ask")
    if not draft.has_words or drafts.typed(draft, "words") is not None:
        return redirect("intake:words")
    if request.method == "POST":
        return _send(request, draft, now)
    if not _renewed(draft, now):
        return redirect("intake:check")  # sent or left in another window: look again
    form = SendForm(drafts.typed(draft, "send"), initial=draft.kept)
    return with_cookie(_check_page(request, form, draft), draft)


def _renewed(draft: Draft, now: datetime) -> bool:
    """Show a new promise where the one shown is over an hour old; False where the draft is not there any more."""
    try:
        waiting.renew_promise(draft, now=now)
    except waiting.Gone:
        return False
    return True


def _resume(request: HttpRequest, now: datetime) -> HttpResponse:
    """Go on from what the last page carries along: the draft ran out while that page stood open.

    A topic or place that is not on its list any more is asked again; who wrote nothing begins anew. Raises drafts.Left.
    """
    sent = request.POST.copy()
    for name in ("topic", "nation"):
        if (AboutForm(sent).errors | WordsForm(sent).errors).get(name):
            del sent[name]
    about, words = AboutForm(sent), WordsForm(sent)
    if sent.get("age_band") == "under-11" or not words.is_valid():
        return redirect("intake:ask")
    told = about.kept() if about.is_valid() and not promising.room(now).full else {}
    rest = {"email": sent.get("email", "")[:EMAIL_LIMIT], "resumed": True, "begun_at": (now - waiting.KEPT).isoformat()}
    shown = first.read(sent.get("shown", ""))
    rest |= {"came": shown.came} if shown else {}
    draft = drafts.keep(request, None, told | words.kept() | rest, now)
    return with_cookie(redirect("intake:words" if told and "back" in sent else "intake:check"), draft)


def _check_page(request: HttpRequest, form: SendForm, draft: Draft, status: int = 200) -> HttpResponse:
    carried = {"shown": first.sign(_shown(draft))}
    context = {
        "form": form,
        "carried": [
            AboutForm(initial=draft.kept | carried, auto_id=False),
            WordsForm(initial=_words_kept(draft), auto_id=False),
        ],
        "draft": draft.kept,
        "partner": first.partner_shown(draft.came),
        "look": checking.look(draft.kept, clean=draft.clean_labels),
        "promised": sentences.moment(draft.promised_at),
    }
    return render(request, "intake/ask/check.html", context, status=status)


def _send(request: HttpRequest, draft: Draft, now: datetime) -> HttpResponse:
    form = SendForm(request.POST)
    if "back" in request.POST:
        drafts.kept(draft, {"email": request.POST.get("email", "")[:EMAIL_LIMIT], "typed_send": None}, now)
        return redirect("intake:words")
    if not form.is_valid():
        return drafts.again(request, form, draft, "send", now) or _check_page(request, form, draft, status=422)
    apart, email = _is_apart(request, draft, now), form.cleaned_data["email"]
    language = draft.kept.get("language") or languages.current()
    try:
        sent = waiting.send(draft, email=email, language=language, quarantined=apart, now=now)
    except waiting.Gone:
        return _resume(request, now)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _check_page(request, form, draft, status=422)
    return with_cookie(_after(sent), sent)


def _is_apart(request: HttpRequest, draft: Draft, now: datetime) -> bool:
    client = throttle.bucket(request, today=now.date())
    return sifting.is_apart(client=client, text=draft.kept.get("text", ""), today=now.date())


def _after(draft: Draft) -> HttpResponse:
    return redirect("intake:receipt" if draft.kept["level"] == states.GREEN else "intake:safe")
