"""The manager's pages of the partners: who they are, what holds for them, and ending or taking one up again."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from advisors.access import StaffRequest
from advisors.managing import once, partner_access, partners
from advisors.managing.partner_forms import AGES, KINDS, KeyForm, LookForm, NewForm, RulesForm, SeeingForm, ShownForm
from advisors.managing.sections import TABS
from advisors.managing.views import manager
from askpeer import calendars
from askpeer.errors import Refused, Stale
from questions.partners import keys, logbook, looks
from questions.partners.models import Partner, PartnerKey

FORM = ["GET", "HEAD", "POST"]
ONCE = "manage:partner_once"
KIND_NAMES = {str(kind): said for kind, said in KINDS}


def partner_or_404(pk: UUID) -> Partner:
    return get_object_or_404(Partner, pk=pk)


def draw(request: StaffRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    around = {"sections": TABS, "zone": calendars.current().zone, "now": timezone.now()}
    return render(request, f"managing/partners/{template}.html", around | context, status=status)


def delivered(partner: Partner, *, now: datetime) -> dict[str, Any]:
    """What a page needs that says how webhooks stand: which heard of something, as far back as that is kept. 2 SQL."""
    kept = settings.CLOSE_AFTER
    return {"heard": logbook.heard(partner), "kept_days": kept.days, "kept_from": now - kept}


def status_of(refusal: Refused) -> int:
    return 409 if isinstance(refusal, Stale) else 422


@require_safe
@manager
def listed(request: StaffRequest) -> HttpResponse:
    rows = [(row, KIND_NAMES[row.kind]) for row in partners.listed(now=timezone.now())]
    return draw(request, "list", rows=rows)


@require_http_methods(FORM)
@manager
def new(request: StaffRequest) -> HttpResponse:
    form = NewForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = partners.create(**form.cleaned_data, by=request.user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{made.name} is a partner now. Next: say where its button stands.")
            return redirect("manage:partner", made.pk)
    return draw(request, "new", form=form, status=422 if form.errors else 200)


@require_safe
@manager
def home(request: StaffRequest, pk: UUID) -> HttpResponse:
    return draw_home(request, partner_or_404(pk))


def draw_home(request: StaffRequest, partner: Partner, status: int = 200) -> HttpResponse:
    now = timezone.now()
    context = {
        "partner": partner,
        "kind": KIND_NAMES[partner.kind],
        "is_school": partner.kind == Partner.Kind.SCHOOL,
        **_in_words(partner),
        "snippets": looks.snippets(partner),
        "keys": list(partner.keys.order_by("-made_at")),
        "live": set(keys.live(partner, now=now).values_list("pk", flat=True)),
        "most_keys": keys.LIVE_KEYS,
        "hooks": list(partner.hooks.order_by("since")),
        "published": partners.published(partner),
        "waiting": once.waiting(request.user, partner, now=now).exists(),
        **delivered(partner, now=now),
    }
    return draw(request, "home", status=status, **context)


def _in_words(partner: Partner) -> dict[str, Any]:
    """Its rules as they are read."""
    ages = ", ".join(AGES.get(band, band) for band in partner.ages) or "all of ours"
    return {"ages": ages, "signposts": list(partner.signposts.order_by("name"))}


def edit(
    request: StaffRequest,
    partner: Partner,
    template: str,
    form: forms.Form,
    act: Callable[[datetime], object],
    to: str,
    is_again: Callable[[Refused], bool] = lambda refusal: False,
) -> HttpResponse:
    """A page with one form: act on it and go on, or draw it again with what is wrong and what was typed.

    is_again: whether it is refused for having been pressed twice, so that it goes on to what the first made.
    """
    status = 422 if form.errors else 200
    if form.is_valid():
        try:
            act(timezone.now())
        except Refused as refusal:
            if is_again(refusal):
                return redirect(to, partner.pk)
            form.add_error(None, str(refusal))
            status = status_of(refusal)
        else:
            return redirect(to, partner.pk)
    if status == 409 and isinstance(form, SeeingForm):
        partner.refresh_from_db()
        form.look_again(partner)
    as_it_is = {"stale": True, **_in_words(partner)} if status == 409 else {}
    return draw(request, template, partner=partner, form=form, status=status, **as_it_is)


@require_http_methods(FORM)
@manager
def rules(request: StaffRequest, pk: UUID) -> HttpResponse:
    return _set(request, pk, "rules", RulesForm, partners.set_rules, "Saved. The rules hold from now on.")


@require_http_methods(FORM)
@manager
def look(request: StaffRequest, pk: UUID) -> HttpResponse:
    return _set(request, pk, "look", LookForm, partners.set_look, "Saved.")


def _set(
    request: StaffRequest,
    pk: UUID,
    template: str,
    form_class: type[RulesForm | LookForm],
    verb: Callable[..., None],
    done: str,
) -> HttpResponse:
    partner = partner_or_404(pk)
    form = form_class(request.POST) if request.method == "POST" else form_class.of(partner)

    def act(now: datetime) -> None:
        verb(partner=partner, **form.given(), by=request.user, now=now)
        messages.success(request, done)

    return edit(request, partner, template, form, act, "manage:partner")


@require_http_methods(FORM)
@manager
def end(request: StaffRequest, pk: UUID) -> HttpResponse:
    partner, now = partner_or_404(pk), timezone.now()
    if request.method != "POST":
        reach = partners.reach(partner, now=now)
        return draw(request, "end", partner=partner, reach=reach, site=settings.SITE_URL)
    return _switch(request, partner, partners.end, f"{partner.name} has ended. Its keys and webhooks have stopped.")


@require_POST
@manager
def take_up(request: StaffRequest, pk: UUID) -> HttpResponse:
    partner = partner_or_404(pk)
    done = f"{partner.name} is taken up again. Its keys and webhooks work as before."
    return _switch(request, partner, partners.take_up, done)


def _switch(request: StaffRequest, partner: Partner, verb: Callable[..., None], done: str) -> HttpResponse:
    try:
        verb(partner=partner, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return draw_home(request, partner, status_of(refusal))
    messages.success(request, done)
    return redirect("manage:partner", partner.pk)


@require_http_methods(FORM)
@manager
def key(request: StaffRequest, pk: UUID) -> HttpResponse:
    partner, calendar = partner_or_404(pk), calendars.current()
    sent, today = request.POST if request.method == "POST" else None, calendar.local(timezone.now()).date()
    form = KeyForm(sent, partner=partner, today=today)

    def act(now: datetime) -> None:
        given = form.given(calendar.zone)
        partner_access.make_key(partner=partner, **given, by=request.user, now=now)

    def is_again(refusal: Refused) -> bool:
        mine = once.waiting(request.user, partner, now=timezone.now(), partner_key__isnull=False)
        made = mine.values_list("partner_key__scopes", flat=True)
        return isinstance(refusal, Stale) and any(
            sorted(scopes) == sorted(form.cleaned_data["scopes"]) for scopes in made
        )

    return edit(request, partner, "key", form, act, ONCE, is_again)


@require_http_methods(FORM)
@manager
def key_revoke(request: StaffRequest, pk: UUID, key: UUID) -> HttpResponse:
    row = get_object_or_404(PartnerKey.objects.select_related("partner"), pk=key, partner=pk)
    if request.method != "POST":
        return draw(request, "revoke", partner=row.partner, key=row)
    try:
        partner_access.revoke_key(key=row, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return draw_home(request, row.partner, status_of(refusal))
    messages.success(request, "Revoked. Nothing can be done with this key any more.")
    return redirect("manage:partner", pk)


@require_http_methods(FORM)
@manager
def shown_once(request: StaffRequest, pk: UUID) -> HttpResponse:
    partner, now = partner_or_404(pk), timezone.now()
    if request.method == "POST":
        once.copied(person=request.user, partner=partner, shown=ShownForm.rows(request.POST))
        return redirect("manage:partner", pk)
    rows, minutes = once.waiting(request.user, partner, now=now), int(once.KEPT.total_seconds()) // 60
    return draw(request, "once", partner=partner, rows=list(rows), minutes=minutes)
