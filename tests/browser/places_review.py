"""Review: the rubric, what a signature takes on, escalating, skipping."""

from collections.abc import Iterator

from playwright.sync_api import Page

from advisors.models import Person
from advisors.signoff import reading, reviewing
from questions.models import Question
from tests.browser.acts import Place, press, submit
from tests.browser.demo import Demo

HARD = " Institutional accommodation necessitates extraordinary organisational determination."


def reviewing_drafts(demo: Demo) -> Iterator[Place]:
    """Last of the review pages: it gives some of the drafts to the lead."""
    first, second = _in_review("green", leave_out=demo.edited)[:2]
    Person.objects.filter(pk=first.holder_id).update(answers_given=9)
    where = f"/review/{first.pk}/"
    yield Place("review, the whole rubric", where, who="Priya")
    yield Place("review, nothing ticked", where, submit("/approve/"), "Priya")
    yield Place("review, no reason to escalate", where, submit("/escalate/"), "Priya")
    yield Place("duty, skipped", where, press("Skip it for half an hour"), "Priya")
    yield Place("duty, with a skip to undo", "/review/", who="Priya")
    _stop(second, demo)
    yield Place("review, what has to be taken on", f"/review/{second.pk}/", who="Priya")
    yield Place("review, a reason to copy", f"/review/{second.pk}/", _too_late(demo), "Priya")
    for name in ("Priya", "Grace"):
        yield Place(f"review, escalated, {name}", f"/review/{second.pk}/", who=name)
        yield Place(f"duty, escalated, {name}", "/review/", who=name)


def _in_review(level: str, *, leave_out: Question) -> list[Question]:
    """Those that no buddy has to read first."""
    rows = Question.objects.filter(status="in_review", level=level, holder__buddy=None).exclude(pk=leave_out.pk)
    return list(rows.order_by("asked_at"))


def _stop(question: Question, demo: Demo) -> None:
    """An edit that the wording check stops, that is hard to read and in which the writer speaks of themselves."""
    draft = reading.draft_in_review(question)
    version = draft.versions.get(number=draft.number)
    version.draft = draft
    text = version.text + "\n\nThis stays between us. When I was 15 I ate alone too." + HARD * 9
    note = "Look at the new end."
    reviewing.edit(draft=draft, base=draft.number, text=text, note=note, by=demo.person("Ruth"), now=demo.now)
    draft.insisted = "They asked for exactly this."
    draft.save(update_fields=["insisted"])


def _too_late(demo: Demo):
    """A reason for the lead that somebody else gave a moment before."""

    def act(page: Page) -> None:
        question = Question.objects.get(pk=page.url.rstrip("/").rpartition("/")[2])
        draft = reading.draft_in_review(question)
        by = demo.person("Daniel")
        reviewing.escalate(draft=draft, number=draft.number, reason="Her brother.", by=by, now=demo.now)
        page.locator("form[action$='/escalate/']").evaluate("form => form.closest('details').open = true")
        page.get_by_label("Why the lead should look at it").fill("My reason.")
        press("Escalate")(page)

    return act
