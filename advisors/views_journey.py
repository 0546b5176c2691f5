"""My journey and its certificate: here, since what it shows comes from training, writing and review alike."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from advisors import roles
from advisors.access import StaffRequest, staff
from advisors.drafting import desk
from advisors.forms import NameForm
from advisors.signoff import skills
from advisors.team import journey as journeys
from advisors.team import wrapping_up
from advisors.team.sections import of as sections_of
from askpeer.errors import Refused
from questions import holding

writers = staff(*roles.WRITERS)


@writers
@require_http_methods(["GET"])
def journey(request: StaffRequest) -> HttpResponse:
    """What they gave, learned and heard back: for themselves alone. 7 SQL with session and person."""
    person, now = request.user, timezone.now()
    given = journeys.given(person, now=now)
    context = {
        "sections": sections_of(person, now=now),
        "in_room": not roles.why_not_in_the_room(person, now=now),
        "since": holding.today(person.joined_at),
        "given": wrapping_up.said(given.minutes) if given.minutes else "",
        "tracks": journeys.tracks(person, now=now),
        "thanks": desk.thanks(person, now=now),
        "kudos": journeys.kudos(person, now=now),
        "marked": skills.of(person),
        "no_certificate": "" if journeys.has_certificate(person) else journeys.NO_ANSWER,
    }
    return render(request, "team/journey/page.html", context)


@writers
@require_http_methods(["GET", "POST"])
def certificate(request: StaffRequest) -> HttpResponse:
    """The form for the name; POST answers with the page to print, which is kept nowhere.

    Before their first answer was sent it says when there is one.
    """
    now = timezone.now()
    sections = {"sections": sections_of(request.user, now=now)}
    if not journeys.has_certificate(request.user):
        return render(request, "team/journey/name.html", sections | {"no_certificate": journeys.NO_ANSWER})
    form, status = NameForm(request.POST if request.method == "POST" else None), 200
    if form.is_valid():
        try:
            paper = journeys.certificate(request.user, name=form.cleaned_data["printed"], now=now)
            return render(request, "team/journey/certificate.html", sections | {"paper": paper})
        except Refused as refusal:
            form.add_error("printed", str(refusal))
    status = 422 if form.errors else 200
    return render(request, "team/journey/name.html", sections | {"form": form}, status=status)
