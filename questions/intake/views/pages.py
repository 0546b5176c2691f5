"""Pages that ask nothing of anybody, and the way out."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from askpeer import calendars
from questions import deadlines, retaining
from questions.intake import asking, helping, promising, waiting
from questions.intake.cards import CARDS, MOMENTS
from questions.intake.context import WEATHER, lives_in
from questions.intake.sentences import moment

COOKIE = settings.DRAFT_COOKIE_NAME


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    now, calendar = timezone.now(), calendars.current()
    opens = calendar.next_open(now)
    context = {
        "promised": moment(promising.promise(now)),
        "room": promising.room(now),
        "again": moment(calendar.next_open(now + timedelta(days=1))),
        "opens": moment(opens) if opens > now else "",
        "danger": helping.danger(),
        "live": helping.one_of_each(now=now),
    }
    return render(request, "intake/pages/landing.html", context)


@require_safe
def leaving(request: HttpRequest) -> HttpResponse:
    """How to leave fast, before anything is typed. It knows no visitor, so it shows no form and sets no cookie."""
    return render(request, "intake/pages/leaving.html", {"request": None})


@require_safe
def young(request: HttpRequest) -> HttpResponse:
    """For under-elevens: who to talk to, where they said they live. No text box, and nothing stored."""
    nation = request.GET.get("nation", "")
    nation = nation if asking.is_nation(nation) else ""
    lives_in(request, nation)
    return render(request, "intake/pages/young.html", {"helpers": helping.for_children(nation)})


@require_safe
def cards(request: HttpRequest) -> HttpResponse:
    return render(request, "intake/pages/cards.html", {"cards": CARDS, "moments": range(1, MOMENTS + 1)})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    by = deadlines.kept_for()
    kept = {"closes": by["close"], "erases": by["erase"], "reads": retaining.READ_FIRST}
    context = {name: time.days for name, time in kept.items()}
    return render(request, "intake/pages/privacy.html", context)


@require_safe
def funding(request: HttpRequest) -> HttpResponse:
    return render(request, "intake/pages/funding.html")


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    context = {"organisation": settings.ORGANISATION, "contact": settings.CONTACT}
    return render(request, "intake/pages/about.html", context)


@csrf_exempt  # somebody else's page can do no worse with it than close this one
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Forget session and draft, and be somewhere else. A script POSTs and goes there by itself."""
    waiting.leave(request.COOKIES.get(COOKIE, ""), now=timezone.now())
    request.session.flush()
    response = HttpResponse(status=204) if request.method == "POST" else redirect(WEATHER)
    response.delete_cookie(COOKIE, samesite="Lax")
    return response
