"""Own words: a second person reads what somebody wrote for one asker, and says yes or lets it go."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods

from advisors import roles
from advisors.access import StaffRequest
from advisors.drafting import timing, wording
from advisors.signoff import masking, own_words, seeing, wordings
from advisors.signoff.doors import handlers, page, refusals
from advisors.signoff.models import OwnWords
from advisors.team import opening
from askpeer import prose


@handlers
@require_http_methods(["GET"])
@refusals
def read(request: StaffRequest, pk: UUID) -> HttpResponse:
    words, now = _words(request, pk), timezone.now()
    question = words.round.question
    opening.note(person=request.user, question=question, now=now)
    context = {
        "words": words,
        "question": question,
        "thread": masking.thread(question),
        "time": timing.left(question, now=now),
        # As it is rendered when it is sent.
        "html": mark_safe(prose.render(words.text)),  # nosec B308 B703
        "when": timing.moment(words.written_at),
        "why": _why(words),
        "findings": wording.check(words.text),
        "mine": words.writer_id == request.user.pk,
    }
    return page(request, "triage/words.html", context)


@handlers
@require_http_methods(["POST"])
@refusals
def approve(request: StaffRequest, pk: UUID) -> HttpResponse:
    return _decide(request, pk, own_words.approve, "Approved and sent, in exactly these words.")


@handlers
@require_http_methods(["POST"])
@refusals
def drop(request: StaffRequest, pk: UUID) -> HttpResponse:
    return _decide(request, pk, own_words.drop, "Dropped. Nothing was sent.")


def _decide(request: StaffRequest, pk: UUID, verb: Callable[..., object], said: str) -> HttpResponse:
    verb(words=_words(request, pk), by=request.user, now=timezone.now())
    messages.success(request, said)
    return redirect("review:home" if roles.may_review(request.user) else "review:triage")


def _why(words: OwnWords) -> str:
    """The coded reason as the list of approved sentences names it."""
    rows = wordings.approved(words.kind, language=words.round.question.language)
    return next((row.label for row in rows if row.code == words.code), words.code)


def _words(request: StaffRequest, pk: UUID) -> OwnWords:
    rows = OwnWords.objects.select_related("round__question__topic", "round__question__holder", "writer")
    words = get_object_or_404(rows, pk=pk)
    seeing.check(request.user, words.round.question)
    return words
