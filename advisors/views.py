"""The way in: each role's first page, and the pages that an invitation and a question to a guardian lead to."""

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from advisors import consenting, doors, inviting, letters, sessions
from advisors.access import StaffRequest, staff
from advisors.duty import clock
from advisors.forms import AcceptForm
from advisors.models import GuardianRequest, Invitation
from askpeer import throttle
from askpeer.errors import Refused
from questions import holding

TRIES, TRIES_SECONDS = 20, 900
ANSWERS = {"yes": True, "no": False}


@require_safe
@staff()
def home(request: StaffRequest) -> HttpResponse:
    return redirect(doors.home_of(request.user, now=timezone.now()))


@require_safe
@staff()
def fixed_email(request: StaffRequest) -> HttpResponse:
    """allauth would let a person change the address that invitations and resets rely on; only the manager may."""
    return render(request, "advisors/email.html")


@require_http_methods(["GET", "HEAD", "POST"])
@staff()
def signed_in(request: StaffRequest) -> HttpResponse:
    """Where one is signed in, and the button that ends it everywhere else."""
    if request.method == "POST":
        count = sessions.end(request.user, but=request.session.session_key, now=timezone.now())
        messages.success(request, f"Signed out in {count} other place{'' if count == 1 else 's'}.")
        return redirect("advisors:signed_in")
    places = sessions.places(request.user, this=request.session.session_key, now=timezone.now())
    said = [(place.is_this, *(at and clock.said(at) for at in (place.since, place.seen))) for place in places]
    return render(request, "account/places.html", {"places": said})


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Where an invitation leads. Whoever is signed in is somebody else, so nothing is used up."""
    now = timezone.now()
    try:
        invited = inviting.find(token=token, now=now)
    except Refused as refusal:
        return render(request, "advisors/invitation/over.html", {"sentence": str(refusal)}, status=404)
    if request.user.is_authenticated:
        return render(request, "advisors/signed_in.html", {"what": "invitation"}, status=403)
    form = AcceptForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _may_try(form, token, now) and _accepted(form, invited, token, now):
        messages.success(request, "You're in. Sign in with your address and your new password.")
        return redirect("account_login")
    context = {"form": form, "invitation": invited, "second_step": settings.SECOND_FACTOR}
    return render(request, "advisors/invitation/accept.html", context, status=422 if form.errors else 200)


def _may_try(form: AcceptForm, token: str, now: datetime) -> bool:
    """Slows down whoever guesses which address a link is for; in a quarter of an hour it opens again."""
    link = throttle.bucket_of_words(token, today=now.date())
    if throttle.within("invitation", link, limit=TRIES, seconds=TRIES_SECONDS):
        return True
    form.add_error(None, "That was a lot of tries. Wait fifteen minutes, then try again.")
    return False


def _accepted(form: AcceptForm, invited: Invitation, token: str, now: datetime) -> bool:
    field = "email"
    try:
        inviting.check_address(invited, form.cleaned_data["email"])
        field = "password"
        inviting.accept(token=token, now=now, **form.cleaned_data)
    except Refused as refusal:
        form.add_error(field, str(refusal))
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def guardian(request: HttpRequest, token: str) -> HttpResponse:
    """What somebody under 16 would do here, and a guardian's yes or no. To look at it changes nothing."""
    now, sentence = timezone.now(), ""
    try:
        asked = consenting.find(token=token, now=now)
    except Refused as refusal:
        return _nothing_to_answer(request, refusal)
    if request.user.is_authenticated:
        return render(request, "advisors/signed_in.html", {"what": "question to a guardian"}, status=403)
    if request.method == "POST":
        said = ANSWERS.get(request.POST.get("answer", ""))
        if said is None:
            sentence = "Choose yes or no."
        else:
            return _answered(request, token, said, now)
    return _guardian_page(request, asked, sentence, status=422 if sentence else 200)


def _answered(request: HttpRequest, token: str, consents: bool, now: datetime) -> HttpResponse:
    try:
        consenting.answer(token=token, consents=consents, now=now)
    except Refused as refusal:
        return _not_answered(request, token, refusal, now)
    return redirect("advisors:guardian", token=token)


def _not_answered(request: HttpRequest, token: str, refusal: Refused, now: datetime) -> HttpResponse:
    """How it stands now, where it was answered already; the question itself may have gone in the same moment."""
    try:
        asked = consenting.find(token=token, now=now)
    except Refused as over:
        return _nothing_to_answer(request, over)
    return _guardian_page(request, asked, str(refusal), status=409)


def _nothing_to_answer(request: HttpRequest, refusal: Refused) -> HttpResponse:
    return render(request, "advisors/guardian/over.html", {"sentence": str(refusal)}, status=404)


def _guardian_page(request: HttpRequest, asked: GuardianRequest, sentence: str, status: int) -> HttpResponse:
    host, address = letters.who_we_are()
    context = {
        "asked": asked,
        "until": holding.today(asked.expires_at),
        "answered_on": asked.answered_at and holding.today(asked.answered_at),
        "person": asked.person,
        "sentence": sentence,
        "took_back": consenting.was_taken_back(asked),
        "host": host,
        "address": address,
    }
    return render(request, "advisors/guardian/answer.html", context, status=status)
