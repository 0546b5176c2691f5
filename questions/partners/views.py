"""What a partner's button needs of us beside the ask pages themselves: its colour, as a stylesheet."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from questions.partners import looks
from questions.publication.caching import public


@require_safe
def look(request: HttpRequest, slug: str) -> HttpResponseBase:
    partner = looks.find(slug)
    if partner is None:
        raise Http404
    return public(request, HttpResponse(looks.stylesheet(partner), content_type="text/css; charset=utf-8"))
