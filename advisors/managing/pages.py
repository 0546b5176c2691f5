"""What the pages of the settings share: who comes in, how they are drawn, and what becomes of a form."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render

from advisors.access import StaffRequest, staff
from advisors.drafting.doors import keeping_text
from advisors.managing.sections import TABS
from advisors.models import Role
from askpeer.errors import Refused, Stale

FORM = ("GET", "HEAD", "POST")
SOON = "Everybody's pages show it within 30 seconds."


def manager(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let managers in; who was signed out meanwhile gets back what they typed."""
    return keeping_text(staff(Role.MANAGER)(view))


def draw(request: StaffRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, f"managing/{template}.html", {"sections": TABS, **context}, status=status)


def status_of(refusal: Refused) -> int:
    return 409 if isinstance(refusal, Stale) else 422


def attempt(form: forms.BaseForm, act: Callable[[], object]) -> int:
    """Act where the form will do. 0 when it is done, else the status of a page that shows what is wrong."""
    if not form.is_valid():
        return 422
    try:
        act()
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return status_of(refusal)
    return 0


def press(request: StaffRequest, act: Callable[[], object], done: str) -> int:
    """Do what a button says, and say so. 0 when it is done, else the status of the page that says why not."""
    try:
        act()
    except Refused as refusal:
        messages.error(request, str(refusal))
        return status_of(refusal)
    messages.success(request, done)
    return 0
