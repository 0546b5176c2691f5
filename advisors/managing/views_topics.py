"""The manager's pages of the topics."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from advisors.access import StaffRequest
from advisors.managing import topics
from advisors.managing.pages import FORM, SOON, attempt, draw, manager, press
from advisors.managing.topics_forms import EditForm, NewForm, WordsForm
from questions.models import Topic


@require_safe
@manager
def topics_list(request: StaffRequest) -> HttpResponse:
    return _list(request)


def _list(request: StaffRequest, status: int = 200) -> HttpResponse:
    rows = topics.listed()
    there = [row for row in rows if not row.topic.retired]
    return draw(request, "topics/list", status=status, rows=there, retired=[row for row in rows if row.topic.retired])


@require_http_methods(FORM)
@manager
def topic_new(request: StaffRequest) -> HttpResponse:
    form = NewForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return draw(request, "topics/new", form=form)
    status = attempt(form, lambda: topics.add(**form.cleaned_data, by=request.user, now=timezone.now()))
    if status:
        return draw(request, "topics/new", form=form, status=status)
    messages.success(request, f"{form.cleaned_data['label']} is a topic now. {SOON}")
    return redirect("manage:topics")


@require_http_methods(FORM)
@manager
def topic_edit(request: StaffRequest, pk: int) -> HttpResponse:
    row = _row(pk)
    if request.method != "POST":
        return _edit(request, row, EditForm.of(row.topic, row.place))
    form = EditForm(request.POST)
    status = attempt(
        form, lambda: topics.edit(topic=row.topic, **form.cleaned_data, by=request.user, now=timezone.now())
    )
    if not status:
        messages.success(request, f"Saved. {SOON}")
        return redirect("manage:topics")
    if status == 409:
        row = _row(pk)
        form.look_again(topics.seen(row.topic))
    return _edit(request, row, form, status)


def _edit(request: StaffRequest, row: topics.Row, form: WordsForm, status: int = 200) -> HttpResponse:
    context = {"row": row, "form": form, "stale": status == 409, "uses": topics.uses(row.topic).said()}
    return draw(request, "topics/edit", status=status, **context)


def _row(pk: int) -> topics.Row:
    found = next((row for row in topics.listed() if row.topic.pk == pk), None)
    if found is None:
        raise Http404
    return found


@require_POST
@manager
def topic_up(request: StaffRequest, pk: int) -> HttpResponse:
    return _press(request, pk, lambda **by: topics.move(down=False, **by), "{} is one place higher.")


@require_POST
@manager
def topic_down(request: StaffRequest, pk: int) -> HttpResponse:
    return _press(request, pk, lambda **by: topics.move(down=True, **by), "{} is one place lower.")


@require_POST
@manager
def topic_retire(request: StaffRequest, pk: int) -> HttpResponse:
    return _press(request, pk, topics.retire, "{} is retired. Nobody new can choose it. What has it keeps it.")


@require_POST
@manager
def topic_bring_back(request: StaffRequest, pk: int) -> HttpResponse:
    return _press(request, pk, topics.bring_back, "{} is in the list again.")


@require_POST
@manager
def topic_delete(request: StaffRequest, pk: int) -> HttpResponse:
    return _press(request, pk, topics.delete, "{} is deleted. Nothing had it.")


def _press(request: StaffRequest, pk: int, verb: Callable[..., None], done: str) -> HttpResponse:
    topic: Topic = _row(pk).topic
    status = press(request, lambda: verb(topic=topic, by=request.user, now=timezone.now()), done.format(topic.label))
    return _list(request, status) if status else redirect("manage:topics")
