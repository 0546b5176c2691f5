"""What becomes of a question's page: a sheet to talk from, a text file, erased, or closed on this device."""

from datetime import date, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from askpeer.errors import Refused
from questions import holding
from questions.intake import reading, sentences, sharing, talking, withdrawing
from questions.intake.context import posts_of
from questions.intake.forms import TalkForm
from questions.intake.views.mine import closed_meanwhile, current
from questions.models import Question


@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """One confirmation, then gone."""
    question = current(request)
    if question is None:
        return redirect("intake:mine")
    now = timezone.now()
    if request.method != "POST":
        return _erase_page(request, question, now)
    try:
        withdrawing.erase(question=question, told=_told(request), now=now)
    except Refused as refusal:
        return _erase_page(request, question, now, str(refusal), status=409)
    except OSError:
        sorry = _("We couldn't erase it just now. Nothing has changed. Please try again in a few minutes.")
        return _erase_page(request, question, now, sorry, status=503)
    request.session.flush()
    messages.success(request, sentences.erased())
    return redirect("intake:mine")


def _told(request: HttpRequest) -> date | None:
    """Until when the page said that a locked note stays."""
    try:
        return date.fromisoformat(request.POST.get("told", ""))
    except ValueError:
        return None


def _erase_page(
    request: HttpRequest, question: Question, now: datetime, refusal: str = "", *, status: int = 200
) -> HttpResponse:
    stays = holding.last_day(question, now=now)
    context = {
        "is_published": sharing.is_published(question),
        "told": stays.isoformat() if stays else "",
        "stays": sentences.written_day(stays) if stays else "",
        "refusal": refusal,
    }
    return render(request, "intake/mine/erase.html", context, status=status)


@posts_of("intake:mine")
def close(request: HttpRequest) -> HttpResponse:
    """Close the page on this device; the six words open it again."""
    request.session.flush()
    return redirect("intake:landing")


@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """The whole thread as plain text."""
    question = current(request)
    if question is None:
        return redirect("intake:mine")
    context = {"thread": reading.thread(question, now=timezone.now())}
    response = render(request, "intake/mine/notes.txt", context, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="notes.txt"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def talk(request: HttpRequest) -> HttpResponse:
    """The sheet to print and talk from; changed first, and kept nowhere."""
    question = current(request)
    if question is None:
        return closed_meanwhile(request, "talk") if request.method == "POST" else redirect("intake:mine")
    if request.method != "POST":
        form = TalkForm(initial={"text": talking.first_draft(reading.thread(question, now=timezone.now()))})
        return render(request, "intake/mine/talk.html", {"form": form})
    form = TalkForm(request.POST)
    fits = form.is_valid()
    context = {"form": form, "sheet": form.cleaned_data["text"] if fits else ""}
    return render(request, "intake/mine/talk.html", context, status=200 if fits else 422)
