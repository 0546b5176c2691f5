"""The safeguarding pages. Each view parses, calls one verb, answers."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from advisors import roles
from advisors.access import StaffRequest
from advisors.drafting.doors import posts
from advisors.fields import NamedForm
from advisors.models import Role
from advisors.safeguarding import board, glass, naming, raising, recording
from advisors.safeguarding.doors import only, page, question_or_404
from advisors.safeguarding.forms import ConcernForm, EntryForm, GlassForm, KeepForm, LetGoForm, PersonForm
from advisors.safeguarding.models import BrokenGlass, Concern
from advisors.signoff import locking, seeing
from advisors.signoff.doors import attempt
from advisors.team import opening
from askpeer.errors import Refused, Stale
from questions import holding, states
from questions.models import Contact, LockedNote, Question

KEEPERS = (Role.LEAD, Role.TRUSTEE)
RECORDERS = (Role.SUPERVISOR, *KEEPERS)
WRITERS = (Role.ADVISOR, Role.SUPERVISOR, Role.LEAD)
What = BrokenGlass.What
GLASS = {What.CONTACT: "safeguarding:glass", What.QUESTION: "safeguarding:glass_of_manager"}
SAID_GONE = "The case, its log and its key are gone."
SAID_UNWANTED = "Written down. It goes when somebody else who keeps it says so too."
SAID = {
    Concern.Kind.SAFETY: "Thank you. A supervisor is told now. You can go on writing.",
    Concern.Kind.ABUSIVE: "Thank you. A supervisor reads it before anybody else does. You did nothing wrong.",
    Concern.Kind.STAFF: "Thank you. Only the person in charge of safeguarding reads it now.",
    Concern.Kind.LEAD: "Thank you. Only a trustee reads it now. The person in charge of safeguarding can't.",
}


@only(*KEEPERS)
@require_safe
def cases(request: StaffRequest) -> HttpResponse:
    return _board(request, "safeguarding:case")


@only(Role.MANAGER)
@require_safe
def cases_of_manager(request: StaffRequest) -> HttpResponse:
    return _board(request, "safeguarding:case_of_manager")


def _board(request: StaffRequest, case: str) -> HttpResponse:
    now = timezone.now()
    listed = board.cases(request.user, now=now, cursor=request.GET.get("after", ""))
    glass_broken = board.broken_before(request.user, now=now)
    return page(request, "case/list.html", {"page": listed, "broken": glass_broken, "case_url": case})


@only(*RECORDERS)
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The log of one question; POST adds an entry."""
    question, now = question_or_404(pk), timezone.now()
    if request.method != "POST":
        return _case(request, question, now)
    form = EntryForm(request.POST)
    if status := attempt(form, partial(recording.record, question=question, by=request.user, now=now)):
        return _case(request, question_or_404(pk), now, form, status=status)
    messages.success(request, "Written. An entry stays as it is; a new one can add to it.")
    return redirect("safeguarding:case", pk=pk)


@only(Role.MANAGER)
@require_safe
def case_of_manager(request: StaffRequest, pk: UUID) -> HttpResponse:
    return _read(request, question_or_404(pk), timezone.now(), {})


def _case(
    request: StaffRequest, question: Question, now: datetime, bound: NamedForm | None = None, *, status: int = 200
) -> HttpResponse:
    given = {bound.name: bound} if bound else {}
    forms = {
        "bound": bound,
        "entry_form": given.get("entry") or EntryForm(initial={"level": question.level}),
        "keep_form": given.get("keep"),
        "go_form": given.get("go") or LetGoForm(),
    }
    return _read(request, question, now, forms, status=status)


def _read(
    request: StaffRequest, question: Question, now: datetime, forms: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    read = board.case(question, person=request.user, now=now)
    opening.note(person=request.user, question=question, now=now)
    is_manager = request.user.role == Role.MANAGER
    context = {
        "case": read,
        "question": question,
        "now": now,
        "is_manager": is_manager,
        "keeps": bool(read.note) and not is_manager,
        "erased": question.status == states.WITHDRAWN,
        "sees_contact": request.user.role in KEEPERS
        and roles.may_see(request.user, question)
        and Contact.objects.filter(question=question).exists(),
        "bound": None,
    } | forms
    if context["keeps"] and not forms.get("keep_form"):
        context["keep_form"] = _as_it_stands(read.note)
    return page(request, "case/read.html", context, status=status)


def _as_it_stands(note: LockedNote | None) -> KeepForm:
    return KeepForm(initial={"reason": note.reason, "last_day": note.last_day} if note else {})


@only(*KEEPERS)
@posts("safeguarding:case")
def keep(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Say until when the case stays, and why."""
    question, now, form = question_or_404(pk), timezone.now(), KeepForm(request.POST)
    note = _note(question, now)
    if status := attempt(form, partial(locking.stay, note=note, by=request.user, now=now)):
        return _case(request, question, now, form, status=status)
    messages.success(request, f"It stays until {form.cleaned_data['last_day']:%-d %B %Y}.")
    return redirect("safeguarding:case", pk=pk)


@only(*KEEPERS)
@posts("safeguarding:case")
def let_go(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Want the case gone; the second person's press deletes it."""
    question, now, form = question_or_404(pk), timezone.now(), LetGoForm(request.POST)
    note = _note(question, now)
    gone: list[bool] = []

    def act(reason: str) -> None:
        gone.append(locking.let_go(note=note, reason=reason, by=request.user, now=now))

    if status := attempt(form, act):
        return _case(request, question, now, form, status=status)
    messages.success(request, SAID_GONE if gone[0] else SAID_UNWANTED)
    return redirect("safeguarding:board") if gone[0] else redirect("safeguarding:case", pk=pk)


def _note(question: Question, now: datetime) -> LockedNote:
    note = holding.standing(question, now=now)
    if note is None:
        raise Stale("This case is gone already.")
    return note


@only(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Ask to see the e-mail address."""
    question = question_or_404(pk)
    seeing.check(request.user, question)
    return _break(request, question, What.CONTACT)


@only(Role.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def whole(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Ask to read the question itself."""
    return _break(request, question_or_404(pk), What.QUESTION)


def _break(request: StaffRequest, question: Question, what: What) -> HttpResponse:
    broken: list[BrokenGlass] = []

    def act(reason: str) -> None:
        broken.append(
            glass.break_glass(question=question, what=what, reason=reason, by=request.user, now=timezone.now())
        )

    form, status = GlassForm(request.POST if request.method == "POST" else None), 200
    if form.is_bound and not (status := attempt(form, act)):
        return redirect(GLASS[what], pk=broken[0].pk)
    return page(request, "glass/break.html", {"form": form, "question": question, "what": what}, status=status)


@only(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def show_contact(request: StaffRequest, pk: UUID) -> HttpResponse:
    return _show(request, pk, What.CONTACT)


@only(Role.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def show_whole(request: StaffRequest, pk: UUID) -> HttpResponse:
    return _show(request, pk, What.QUESTION)


def _show(request: StaffRequest, pk: UUID, what: What) -> HttpResponse:
    """The button that shows it; what it shows stands in the answer of its POST alone, and nowhere after."""
    row = get_object_or_404(BrokenGlass.objects.select_related("about", "told"), pk=pk, what=what)
    if row.person_id != request.user.pk:
        raise Http404
    context: dict[str, Any] = {"glass": row, "question": row.about, "what": what}
    if request.method == "POST":
        now = timezone.now()
        context["shown"] = glass.show(glass=row, by=request.user, now=now)
        if what == What.QUESTION:
            opening.note(person=request.user, question=row.about, now=now)
    return page(request, "glass/show.html", context)


@only(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Say whom a case about staff is about."""
    question, now = question_or_404(pk), timezone.now()
    seeing.check(request.user, question)
    form, status = PersonForm(request.POST if request.method == "POST" else None), 200
    verb = partial(naming.name_person, question=question, by=request.user, now=now)
    if form.is_bound and not (status := attempt(form, verb)):
        messages.success(request, "They can't see this case any more, and are told nothing. Its words are held.")
        mine = form.cleaned_data["person"] == request.user
        return redirect("review:triage") if mine else redirect("review:question", pk=pk)
    return page(request, "person/name.html", {"form": form, "question": question}, status=status)


@only(*WRITERS)
@posts("desk:write")
def concern(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Raise a concern from the workspace."""
    question, form = question_or_404(pk), ConcernForm(request.POST)
    verb = partial(raising.raise_concern, question=question, by=request.user, now=timezone.now())
    if status := attempt(form, verb):
        return _concern_again(request, pk, form, status)
    kind = form.cleaned_data["kind"]
    messages.success(request, SAID[Concern.Kind(kind)])
    return redirect("desk:write", pk=pk) if kind == Concern.Kind.SAFETY else redirect("desk:home")


def _concern_again(request: StaffRequest, pk: UUID, form: ConcernForm, status: int) -> HttpResponse:
    """The page with the sentence and every word, for as long as the question is still theirs to write."""
    question = question_or_404(pk)
    if question.holder_id != request.user.pk:
        raise Refused("You no longer hold this question.")
    return page(request, "concern/raise.html", {"form": form, "question": question}, status=status)


@only(Role.SUPERVISOR, Role.LEAD)
@posts("review:question")
def about_staff(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Give a question about a colleague to the lead, or one about the lead to a trustee, from triage."""
    sent = request.POST.get("version", "")
    version = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else 0
    to_trustee = request.POST.get("about") == "lead"
    give = raising.give_to_trustee if to_trustee else raising.give_to_lead
    give(question=question_or_404(pk), version=version, by=request.user, now=timezone.now())
    reader = "a trustee" if to_trustee else "the person in charge of safeguarding"
    messages.success(request, f"Only {reader} reads it now. They are told.")
    return redirect("review:triage")


@only(*RECORDERS)
@posts("review:triage")
def settle(request: StaffRequest, concern_pk: UUID) -> HttpResponse:
    row = get_object_or_404(Concern.objects.select_related("round__question"), pk=concern_pk)
    raising.settle(concern=row, by=request.user, now=timezone.now())
    messages.success(request, "Settled. What they wrote stays with the question.")
    return redirect("review:question", pk=row.round.question_id)
