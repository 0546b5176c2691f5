""" "What would you call this?": pages of their own, so that the library's need no token."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from askpeer import throttle
from askpeer.errors import Refused
from questions.intake import suggesting
from questions.intake.forms import WordForm
from questions.models import Topic

WORDS = 10  # an hour from one network


@require_http_methods(["GET", "HEAD", "POST"])
def suggest(request: HttpRequest, slug: str) -> HttpResponse:
    topic = get_object_or_404(Topic, slug=slug, retired=False)
    form = WordForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, topic, form, status=422 if form.is_bound else 200)
    now = timezone.now()
    client = throttle.bucket(request, today=now.date())
    if not throttle.within("suggest", client, limit=WORDS, seconds=3600):
        form.add_error(None, _("We got a lot of words from where you are. Please try again in an hour."))
        return _page(request, topic, form, status=429)
    try:
        suggesting.suggest(topic=topic, word=form.cleaned_data["word"], now=now)
    except Refused as refusal:
        form.add_error("word", str(refusal))
        return _page(request, topic, form, status=422)
    return redirect("intake:suggested", slug)


def _page(request: HttpRequest, topic: Topic, form: WordForm, *, status: int) -> HttpResponse:
    return render(request, "intake/words/suggest.html", {"topic": topic, "form": form}, status=status)


@require_safe
def suggested(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "intake/words/suggested.html", {"topic": get_object_or_404(Topic, slug=slug)})
