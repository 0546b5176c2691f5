"""Everything an asker does with the receipt: read, reply, follow up, give feedback, consent, erase."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from askpeer.errors import Stale
from questions import holding
from questions.intake import feedback, following, reading, replying, sentences, sharing, withdrawing
from questions.intake.opening import Unknown
from questions.models import Question
from questions.partners.api import caring, schema
from questions.partners.api.bases import PartnerView, answer, opened, partner_of, read, receipt_of
from questions.partners.api.problems import Problem
from questions.partners.api.serializers import (
    ConsentIn,
    ErasedOut,
    FeedbackIn,
    FollowedOut,
    FollowUpIn,
    ReceiptIn,
    ReplyIn,
    ThreadOut,
)
from questions.partners.entering import Elsewhere, open_for
from questions.publication import consenting
from questions.publication import withdrawing as taking_down
from questions.publication.models import Consent, PublicText


class ReceiptView(PartnerView):
    """An endpoint that a receipt opens, for a key with the read scope."""

    required_scope = "read"


class ReadView(ReceiptView):
    """Status, promise, everything said so far, and the public text that waits for a yes."""

    @schema.described(
        "Read a question",
        request=ReceiptIn,
        ok={200: ThreadOut},
        problems=schema.WITH_RECEIPT,
        headers=[schema.RECEIPT],
    )
    def post(self, request: Request) -> Response:
        now = timezone.now()
        question = opened(request, read(ReceiptIn, request.data), now=now)
        thread = reading.thread(question, now=now)
        kept = holding.last_day(question, now=now)
        care = caring.on_the_way(question, partner=partner_of(request), now=now)
        found = {"id": question.pk, "locked_note_until": kept, "consent": _consent(question, thread)}
        return answer(ThreadOut, found | vars(thread) | care)


def _consent(question: Question, thread: reading.Thread) -> dict[str, Any]:
    """How sharing stands, as the question's own page knows it; nothing is asked before there is an answer."""
    if thread.answer is None:
        return {"offered": False, "choice": None, "shown": None}
    shared = sharing.state(question)
    is_agreed = shared.choice == Consent.Choice.YES and not shared.changed
    shown = _text(shared.shown, shared.version) if shared.shown and not is_agreed else None
    return {"offered": shared.offered, "choice": shared.choice or None, "shown": shown}


def _text(words: PublicText, version: int | None) -> dict[str, Any]:
    """A public text, as the young person has to see it before they agree."""
    return {
        "version": version,
        "title": words.title,
        "question": words.question_text,
        "answer": words.answer_text,
    }


class FollowUpView(ReceiptView):
    """Begins the next round of an answered question; two at most."""

    required_scope = "ask"

    @schema.described(
        "Follow up", request=FollowUpIn, ok={201: FollowedOut}, problems=schema.WITH_RECEIPT, headers=[schema.RECEIPT]
    )
    def post(self, request: Request) -> Response:
        now = timezone.now()
        sent = {"text": ""} | read(FollowUpIn, request.data)
        question = opened(request, sent, now=now)
        following.follow_up(question=question, now=now, **sent)
        return answer(FollowedOut, _standing(request, question, now=now), status=201)


class ReplyView(ReceiptView):
    """Answers the one thing we asked, while the status is pending_asker."""

    @schema.described(
        "Reply", request=ReplyIn, ok={200: FollowedOut}, problems=schema.WITH_RECEIPT, headers=[schema.RECEIPT]
    )
    def post(self, request: Request) -> Response:
        now = timezone.now()
        sent = {"text": ""} | read(ReplyIn, request.data)
        question = opened(request, sent, now=now)
        replying.reply(question=question, now=now, **sent)
        return answer(FollowedOut, _standing(request, question, now=now))


class FeedbackView(ReceiptView):
    """Keeps what the asker says of the newest answer, in place of what was said before."""

    @schema.described(
        "Give feedback", request=FeedbackIn, ok={204: None}, problems=schema.WITH_RECEIPT, headers=[schema.RECEIPT]
    )
    def post(self, request: Request) -> Response:
        now = timezone.now()
        sent = read(FeedbackIn, request.data)
        feedback.give(question=opened(request, sent, now=now), now=now, **sent)
        return Response(status=204)


class ConsentView(ReceiptView):
    """Records whether an anonymised copy may be published; no takes down what there is, show_me until a yes.

    Once that copy is written, a yes without its version, or with an older one, is answered 409 with the text in shown.
    """

    @schema.described(
        "Consent to publishing",
        request=ConsentIn,
        ok={204: None},
        problems=schema.WITH_RECEIPT,
        headers=[schema.RECEIPT],
    )
    def post(self, request: Request) -> Response:
        now = timezone.now()
        sent = read(ConsentIn, request.data)
        question = opened(request, sent, now=now)
        number = sent.pop("round", None)
        try:
            _choose(question, number, now=now, **{"version": None} | sent)
        except Stale as stale:
            raise Problem("moved-on", str(stale), **_shown(question, number)) from None
        return Response(status=204)


def _choose(question: Question, number: int | None, *, choice: str, version: int | None, now: datetime) -> None:
    """As on the question's own page, or for one round where a number is given."""
    if number is None:
        sharing.choose(question=question, choice=choice, version=version, now=now)
    else:
        consenting.consent(question=question, round_number=number, choice=choice, version=version, now=now)


def _shown(question: Question, number: int | None) -> dict[str, Any]:
    """The public text that a choice is about, where there is one."""
    publication = consenting.written(question, round_number=number)
    return {"shown": _text(publication.draft, publication.version)} if publication else {}


class EraseView(ReceiptView):
    """Erases the question for good and takes down what was published from it, also when it was erased before."""

    @schema.described(
        "Erase a question",
        request=ReceiptIn,
        ok={200: ErasedOut},
        problems=(*schema.WITH_RECEIPT, "unavailable"),
        headers=[schema.RECEIPT],
    )
    def post(self, request: Request) -> Response:
        now, sent = timezone.now(), read(ReceiptIn, request.data)
        receipt = receipt_of(request, sent)
        try:
            question = open_for(partner_of(request), receipt=receipt, now=now)
        except Elsewhere:
            raise
        except Unknown:
            # The question may be gone, and an answer from it still be in the library. The answer is the same.
            taking_down.withdraw_by_receipt(receipt, now=now)
            raise
        try:
            # Who reads the question reads of a locked note: the partner's page says so before it erases.
            told = holding.last_day(question, now=now)
            question = withdrawing.erase(question=question, told=told, now=now)
        except OSError:
            raise Problem("unavailable", "Nothing was changed. Try again in a minute.") from None
        found = {"id": question.pk, "status": question.status, "status_text": sentences.erased()}
        return answer(ErasedOut, found)


def _standing(request: Request, question: Question, *, now: datetime) -> dict[str, Any]:
    care = caring.on_the_way(question, partner=partner_of(request), now=now)
    return {"id": question.pk, "status": question.status, "promised_at": question.round.promised_at, **care}
