"""The public library. Nothing a visitor searches for is counted or kept."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from askpeer import throttle
from askpeer.errors import Refused
from questions import holding
from questions.intake import languages
from questions.models import Topic
from questions.publication import addressing, caring, feeding, hiding, searching
from questions.publication.caching import NOBODY, public
from questions.publication.forms import search_form
from questions.publication.models import Publication

Status = Publication.Status
REPORTS = 10  # an hour from one network, so that nobody can empty the library


@require_safe
def library(request: HttpRequest) -> HttpResponseBase:
    """Search and topics; newest first. A search is stored by no browser and no proxy."""
    topics = searching.topics()
    topic = next((one for one in topics if one.slug == request.GET.get("topic")), None)
    form = search_form(request.GET, topic=topic.slug if topic else "")
    words, status = form["q"].value(), 200
    try:
        page = searching.find(words, topic=topic, cursor=request.GET.get("cursor", ""))
    except Refused as refusal:
        form.is_valid()
        form.add_error(None, str(refusal))
        page, status = searching.Page([], ""), 422
    context = {"form": form, "topics": topics, "topic": topic, "words": words, "page": page, "status": status}
    helpers = caring.helpers(request.GET.get("q", ""), page, now=timezone.now())
    context |= {"more": _more(words, topic, page), "helpers": helpers, "said_in": _said_in(page)} | NOBODY
    context["canonical"] = feeding.list_address(None if words else topic)
    response = render(request, "publication/library.html", context, status=status)
    return response if request.GET.get("q") or status != 200 else public(request, response)


def _more(words: str, topic: Topic | None, page: searching.Page) -> str:
    if not page.next_cursor:
        return ""
    asked = {"q": words, "topic": topic.slug if topic else "", "cursor": page.next_cursor}
    return "?" + urlencode({name: value for name, value in asked.items() if value})


def _said_in(page: searching.Page) -> str:
    """That answers are in another language than the page, "" where none are."""
    others = {item.language for item in page.items} - {languages.current()}
    names = ", ".join(sorted(str(get_language_info(code)["name_translated"]) for code in others))
    if not names:
        return ""
    every = all(item.language in others for item in page.items)
    said = _("These answers are in {language}.") if every else _("Some of these answers are in {language}.")
    return said.format(language=names)


@require_safe
def answer(request: HttpRequest, slug: str) -> HttpResponseBase:
    publication = _find(slug)
    if publication is None:
        return render(request, "publication/withdrawn.html", status=410)
    if publication.status != Status.PUBLISHED or publication.hidden_at:
        return render(request, "publication/hidden.html", status=404)
    day, today = publication.review_by, holding.today(timezone.now())
    context: dict[str, Any] = {
        "publication": publication,
        "canonical": feeding.address(publication),
        "note": feeding.note(publication),
        "is_overdue": day is not None and day < today,
        "related": searching.related(publication),
    }
    response = render(request, "publication/answer.html", context | NOBODY)
    return public(request, response, changed=publication.checked_on)


def _find(slug: str) -> Publication | None:
    """What the library has under this address, None where it was taken down. Raises Http404."""
    publication = addressing.find(slug)
    if publication is None and not addressing.was_left(slug):
        raise Http404
    return publication


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """ "Something wrong with this answer?" On a page of its own, so that the answer's page needs no token."""
    publication = _find(slug)
    context = {"publication": publication}
    if publication is None or publication.status != Status.PUBLISHED or publication.hidden_at:
        return redirect("library:answer", slug)
    if request.method != "POST":
        return render(request, "publication/report.html", context)
    now = timezone.now()
    client = throttle.bucket(request, today=now.date())
    if not throttle.within("library-report", client, limit=REPORTS, seconds=3600):
        return render(request, "publication/report.html", context | {"too_many": True}, status=429)
    hiding.report(publication, now)
    return redirect("library:reported", slug)


@require_safe
def reported(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "publication/reported.html")


@require_safe
def feed(request: HttpRequest) -> HttpResponseBase:
    body = feeding.feed(searching.visible()[: feeding.NEWEST])
    return public(request, HttpResponse(body, content_type="application/atom+xml; charset=utf-8"))


@require_safe
def sitemap(request: HttpRequest) -> HttpResponseBase:
    body = feeding.sitemap(searching.visible()[: feeding.MOST])
    return public(request, HttpResponse(body, content_type="application/xml; charset=utf-8"))


@require_safe
def robots(request: HttpRequest) -> HttpResponseBase:
    return public(request, HttpResponse(feeding.robots(), content_type="text/plain; charset=utf-8"))
