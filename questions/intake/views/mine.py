"""My question: the six words, then the page they open and everything an asker can do there."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from askpeer import receipts, throttle
from askpeer.errors import Refused, Stale
from questions import retaining, states
from questions.intake import (
    feedback,
    following,
    helping,
    languages,
    opening,
    reading,
    replying,
    reporting,
    safety,
    sentences,
    sharing,
)
from questions.intake.context import lives_in, posts_of
from questions.intake.forms import (
    ConsentForm,
    FeedbackForm,
    FollowUpForm,
    OpenForm,
    ReplyForm,
    ReportForm,
)
from questions.models import Question
from questions.publication import withdrawing as taking_down

IDLE_SECONDS = 20 * 60
WRONG_WORDS = 20
WRONG_WORDS_SECONDS = 15 * 60
ACTS: dict[str, type[Form]] = {
    "reply": ReplyForm,
    "follow_up": FollowUpForm,
    "feedback": FeedbackForm,
    "consent": ConsentForm,
    "report": ReportForm,
}
WORDS = {"text", "words"}  # what the forms call what a person writes freely
TAKE_DOWN_ID = "id_take_down_%s"
Verb = Callable[[Question, dict[str, Any], datetime], object]


def current(request: HttpRequest) -> Question | None:
    """The question this session opened; its twenty minutes begin again."""
    pk = request.session.get("question") if settings.SESSION_COOKIE_NAME in request.COOKIES else None
    if pk is None:
        return None
    request.session.set_expiry(IDLE_SECONDS)
    question = Question.objects.filter(pk=pk).exclude(status=states.WITHDRAWN).first()
    if question:
        _speak(request, question)
    return question


def _speak(request: HttpRequest, question: Question) -> None:
    languages.speak_to_asker_of(question)
    lives_in(request, question.nation or "")


@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    if request.method == "POST":
        return _open(request, now)
    question = current(request)
    return _thread_page(request, question, now, {}) if question else _open_page(request, OpenForm())


def _open_page(request: HttpRequest, form: OpenForm, status: int = 200, **context: Any) -> HttpResponse:
    forms = {"form": form, "take_down_form": OpenForm(auto_id=TAKE_DOWN_ID)}
    return render(request, "intake/mine/open.html", forms | context, status=status)


def _open(request: HttpRequest, now: datetime) -> HttpResponse:
    form = OpenForm(request.POST)
    if not form.is_valid():
        return _open_page(request, form, status=422)
    try:
        question = opening.open_question(receipt=form.cleaned_data["receipt"], now=now)
    except opening.Unknown as unknown:
        return _wrong_words(request, form, unknown, now)
    request.session.cycle_key()
    request.session["question"] = str(question.pk)
    request.session.set_expiry(IDLE_SECONDS)
    if form.cleaned_data["wrote"]:
        _speak(request, question)
        return _thread_page(request, question, now, _typed_before(form))
    return redirect("intake:mine")


def _wrong_words(request: HttpRequest, form: OpenForm, unknown: opening.Unknown, now: datetime) -> HttpResponse:
    if not _may_try_again(request, form, now):
        return _open_page(request, form, status=429)
    form.add_error("receipt", str(unknown))
    return _open_page(request, form, status=422, near=_near(form.data["receipt"]))


def _near(typed: str) -> dict[str, Any]:
    """What may help to type them right: it depends on what was typed alone, never on what is there."""
    return {"suggestions": receipts.suggestions(typed), "counted": receipts.miscounted(typed)}


def _may_try_again(request: HttpRequest, form: OpenForm, now: datetime) -> bool:
    # Only wrong words count, so a whole school behind one address never keeps out somebody who has the right ones.
    client = throttle.bucket(request, today=now.date())
    if throttle.within("receipts.open", client, limit=WRONG_WORDS, seconds=WRONG_WORDS_SECONDS):
        return True
    form.add_error(None, _("That was a lot of tries. Wait fifteen minutes, then type your words again."))
    return False


@posts_of("intake:mine")
def take_down(request: HttpRequest) -> HttpResponse:
    """The six words take an answer out of the library, even after the purge. Never says whether one was there."""
    now, form = timezone.now(), OpenForm(request.POST, auto_id=TAKE_DOWN_ID)
    words = form.cleaned_data["receipt"] if form.is_valid() else ""
    if words and not receipts.is_receipt(words):
        form.add_error("receipt", _("Those are not six words from us. Check the spelling."))
    if form.errors:
        return _open_page(request, OpenForm(), status=422, take_down_form=form, take_down_near=_near(words))
    try:
        found = taking_down.withdraw_by_receipt(words, now=now)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _open_page(request, OpenForm(), status=503, take_down_form=form)
    if not found and not _may_try_again(request, form, now):
        return _open_page(request, OpenForm(), status=429, take_down_form=form)
    gone = _("Was something of yours in the library? Then it is gone from our site within a minute.")
    messages.success(request, gone)
    return redirect("intake:mine")


def _thread_page(
    request: HttpRequest, question: Question, now: datetime, given: dict[str, Form], *, status: int = 200
) -> HttpResponse:
    thread, shared = reading.thread(question, now=now), sharing.state(question)
    own = helping.crisis(question, now=now)
    chosen = {"consent": {"choice": shared.choice}} if shared.choice and not shared.changed else {}
    forms = {f"{name}_form": given.get(name) or _form(name, **chosen.get(name, {})) for name in ACTS}
    context = forms | {
        "thread": thread,
        "erased": sentences.day(retaining.erased_at(question)),
        "shared": shared,
        "about_staff": question.about_staff,
        "outside": safety.outside_beside(question, own) if question.about_staff else "",
        "beside": safety.beside(question, own),
        "own": own,
        "people": safety.people(question),
        "helpers": helping.beside(question, now=now),
        "trouble": list(given.values()),
        "placeless": _placeless(given, thread),
    }
    return render(request, "intake/mine/thread.html", context, status=status)


def _placeless(given: dict[str, Form], thread: reading.Thread) -> list[Form]:
    """The forms that this page has no place for, each down to its words, so that they are shown and led to alone."""
    forms = [form for name, form in given.items() if not (thread.clarification if name == "reply" else thread.answer)]
    for form in forms:
        form.fields = {name: field for name, field in form.fields.items() if name in WORDS}
    return forms


def _form(name: str, data: Any = None, **initial: str) -> Form:
    return ACTS[name](data, auto_id=f"id_{name}_%s", initial=initial)


def _typed_before(form: OpenForm) -> dict[str, Form]:
    """The form that a person was in when the page closed, with what they had typed."""
    name = form.cleaned_data["act"] if form.cleaned_data["act"] in ACTS else "follow_up"
    wrote = form.cleaned_data["wrote"]
    return {name: _form(name, text=wrote, words=wrote)}


def _act(request: HttpRequest, name: str, verb: Verb, done: Any) -> HttpResponse:
    """Do one thing to the opened question, or show its page again with what was typed and what is wrong."""
    now, question = timezone.now(), current(request)
    form = _form(name, request.POST)
    if question is None:
        return closed_meanwhile(request, name)
    status = 422
    if form.is_valid():
        try:
            verb(question, form.cleaned_data, now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = 409 if isinstance(refusal, Stale) else 422
            question = Question.objects.get(pk=question.pk)
        else:
            messages.success(request, str(done))
            return redirect("intake:mine")
    if question.status == states.WITHDRAWN:
        return closed_meanwhile(request, name)
    return _thread_page(request, question, now, {name: form}, status=status)


def closed_meanwhile(request: HttpRequest, act: str) -> HttpResponse:
    """Twenty minutes went by: the words are asked for again, and what was typed waits on the same page."""
    wrote = request.POST.get("text") or request.POST.get("words") or ""
    return _open_page(request, OpenForm(initial={"wrote": wrote, "act": act}), status=403, closed=True)


@posts_of("intake:mine")
def reply(request: HttpRequest) -> HttpResponse:
    def verb(question: Question, data: dict[str, Any], now: datetime) -> None:
        replying.reply(question=question, text=data["text"], now=now)

    return _act(request, "reply", verb, gettext_lazy("Thank you. We have your reply."))


@posts_of("intake:mine")
def follow_up(request: HttpRequest) -> HttpResponse:
    def verb(question: Question, data: dict[str, Any], now: datetime) -> None:
        following.follow_up(question=question, text=data["text"], someone_else=data["someone_else"], now=now)

    return _act(request, "follow_up", verb, gettext_lazy("We have it. The new date is below."))


@posts_of("intake:mine")
def give_feedback(request: HttpRequest) -> HttpResponse:
    def verb(question: Question, data: dict[str, Any], now: datetime) -> None:
        feedback.give(question=question, now=now, **data)

    return _act(request, "feedback", verb, gettext_lazy("Thank you for telling us."))


@posts_of("intake:mine")
def consent(request: HttpRequest) -> HttpResponse:
    def verb(question: Question, data: dict[str, Any], now: datetime) -> None:
        sharing.choose(question=question, now=now, **data)

    return _act(request, "consent", verb, gettext_lazy("We've written that down. You can change it any time."))


@posts_of("intake:mine")
def report(request: HttpRequest) -> HttpResponse:
    def verb(question: Question, data: dict[str, Any], now: datetime) -> None:
        reporting.report(question=question, words=data["words"], now=now)

    return _act(request, "report", verb, gettext_lazy("Thank you. A supervisor looks at this first."))
