"""The way in: each role's first page, and the page that an invitation leads to."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from advisors import doors, inviting, sessions
from advisors.access import StaffRequest, staff
from advisors.forms import AcceptForm
from askpeer.errors import Refused


@require_safe
@staff()
def home(request: StaffRequest) -> HttpResponse:
    return redirect(doors.home_of(request.user))


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
        count = sessions.end(request.user, but=request.session.session_key)
        messages.success(request, f"Signed out in {count} other place{'' if count == 1 else 's'}.")
        return redirect("advisors:signed_in")
    places = sessions.places(request.user, this=request.session.session_key, now=timezone.now())
    return render(request, "account/places.html", {"places": places})


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: StaffRequest, token: str) -> HttpResponse:
    now = timezone.now()
    try:
        invited = inviting.find(token=token, now=now)
    except Refused as refusal:
        return render(request, "advisors/invitation/over.html", {"sentence": str(refusal)}, status=404)
    form = AcceptForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            inviting.accept(token=token, password=form.cleaned_data["password"], now=now)
        except Refused as refusal:
            form.add_error("password", str(refusal))
        else:
            messages.success(request, "You're in. Sign in with your address and your new password.")
            return redirect("account_login")
    context = {"form": form, "invitation": invited, "second_step": settings.SECOND_FACTOR}
    return render(request, "advisors/invitation/accept.html", context, status=422 if form.errors else 200)
