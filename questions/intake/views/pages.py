"""Pages that ask nothing of anybody, and the way out."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from askpeer import calendars
from questions import deadlines
from questions.intake import helping, waiting
from questions.intake.cards import CARDS, MOMENTS
from questions.intake.context import WEATHER
from questions.intake.sentences import moment

COOKIE = "n"


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    now, calendar = timezone.now(), calendars.current()
    opens = calendar.next_open(now)
    promised = moment(deadlines.promise(calendar, asked=now))
    context = {
        "promised": promised,
        "opens": moment(opens) if opens > now else "",
        "danger": helping.danger(),
        "live": helping.one_of_each(now=now),
    }
    return render(request, "intake/pages/landing.html", context)


@require_safe
def young(request: HttpRequest) -> HttpResponse:
    """For under-elevens: who to talk to. No text box, and nothing stored."""
    return render(request, "intake/pages/young.html", {"helpers": helping.for_children()})


@require_safe
def cards(request: HttpRequest) -> HttpResponse:
    return render(request, "intake/pages/cards.html", {"cards": CARDS, "moments": range(1, MOMENTS + 1)})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    context = {"closes": settings.CLOSE_AFTER.days, "erases": settings.ERASE_AFTER.days}
    return render(request, "intake/pages/privacy.html", context)


@require_safe
def funding(request: HttpRequest) -> HttpResponse:
    return render(request, "intake/pages/funding.html")


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "intake/pages/about.html")


@csrf_exempt  # somebody else's page can do no worse with it than close this one
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Forget session and draft, and be somewhere else. A script POSTs and goes there by itself."""
    waiting.leave(request.COOKIES.get(COOKIE, ""))
    request.session.flush()
    response = HttpResponse(status=204) if request.method == "POST" else redirect(WEATHER)
    response.delete_cookie(COOKIE, samesite="Lax")
    return response
