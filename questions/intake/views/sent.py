"""What a sent question shows until "I've saved it": are you safe, the six words, and a file of them."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from questions import states
from questions.intake import helping, safety, sentences, waiting
from questions.intake.views import draft as drafts
from questions.intake.views.draft import forget_cookie


@require_safe
def safe(request: HttpRequest) -> HttpResponse:
    """Are you safe right now? The question is saved already, and its words stand here."""
    now = timezone.now()
    draft = drafts.find(request, now)
    question = draft.row.question if draft else None
    if draft is None or question is None:
        return redirect("intake:mine")
    helpers = helping.services(nation=draft.kept["nation"], age_band=draft.kept["age_band"], now=now)
    context = {"receipt": draft.kept["receipt"], "safe": safety.safe(question, helpers, now=now)}
    return render(request, "intake/ask/safe.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest) -> HttpResponse:
    """The six words, until "I've saved it"."""
    draft = drafts.find(request, timezone.now())
    if draft is None or not draft.is_sent:
        return redirect("intake:mine")
    if request.method == "POST":
        waiting.leave(draft.key, now=timezone.now())
        return forget_cookie(redirect("intake:saved"))
    context = {
        "receipt": draft.kept["receipt"],
        "about_staff": draft.kept["about_staff"],
        "about_lead": draft.kept.get("about_lead", False),
        "needs_care": draft.kept["level"] != states.GREEN,
        "may_be_asked": draft.kept["has_email"],
        "promised": sentences.moment(draft.promised_at),
    }
    return render(request, "intake/ask/receipt.html", context)


@require_safe
def notes(request: HttpRequest) -> HttpResponse:
    """The same words as a file that gives nothing away by its name."""
    draft = drafts.find(request, timezone.now())
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
