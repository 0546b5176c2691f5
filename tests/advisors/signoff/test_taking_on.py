"""What a wording may hold only because somebody took it on: stopped words, a hard text, the writer's own life."""

import pytest

from advisors.drafting import wording
from advisors.signoff import reviewing, signing
from advisors.signoff.models import Approval
from askpeer import history, prose
from askpeer.errors import Refused
from questions.models import Message
from tests.advisors.signoff.conftest import DRAFT, row, waiting
from tests.factories import FINE

pytestmark = pytest.mark.django_db
STOPPED = DRAFT + "\n\nThis stays between us."
HARD = DRAFT + "\n\n" + "Institutional accommodation necessitates extraordinary organisational determination. " * 3
TOLD = DRAFT + "\n\nWhen I was your age I ate alone too."
SOMEBODY = "The author knows them."


@pytest.fixture
def edited(in_review, now, omar):
    """An amber draft that Omar brought to this text."""

    def make(text, *, level="amber", **values):
        draft = in_review(level=level, **values)
        reviewing.edit(draft=draft, base=1, text=text, by=omar, now=now, note="Look.")
        return waiting(draft.round.question)

    return make


def approve(draft, by, now, **taken):
    return reviewing.approve(draft=draft, number=draft.number, by=by, now=now, marks=FINE, **taken)


def test_the_texts_of_these_tests_are_what_they_say():
    assert [finding.strength for finding in wording.check(STOPPED)] == [wording.BLOCK]
    assert [finding.strength for finding in wording.check(TOLD)] == [wording.TICK]
    assert (wording.check(HARD), prose.reading_age(HARD) > signing.HARDEST) == ([], True)
    assert (wording.check(DRAFT), prose.reading_age(DRAFT) < signing.HARDEST) == ([], True)


@pytest.mark.parametrize(
    ("text", "taken", "sentence"),
    [
        (STOPPED, {}, "The wording check stops this draft. Change the wording, or tick that it may stand."),
        (STOPPED, {"reason": SOMEBODY}, "The wording check stops this draft. Change the wording, or tick"),
        (STOPPED, {"override": True}, "Say why the words that the check stopped may stand."),
        (STOPPED, {"override": True, "reason": " \n "}, "Say why the words that the check stopped may stand."),
        (HARD, {}, "Above 13 say why it has to be that hard."),
        (HARD, {"override": True}, "Above 13 say why it has to be that hard."),
        (TOLD, {}, "The writer speaks of themselves. Tick that you read it and it helps, or change the wording."),
        (TOLD, {"override": True, "reason": SOMEBODY}, "The writer speaks of themselves."),
        (STOPPED, {"override": True, "reason": "x" * 501}, "A reason can have 500 characters at most."),
    ],
)
def test_nobody_signs_without_taking_it_on(edited, now, ruth, text, taken, sentence):
    draft = edited(text)
    with pytest.raises(Refused, match=sentence):
        approve(draft, ruth, now, **taken)
    assert (row(draft).status, Approval.objects.count()) == ("in_review", 0)


@pytest.mark.parametrize(
    ("text", "taken", "facts", "reason"),
    [
        (STOPPED, {"override": True, "reason": SOMEBODY}, (1, 0, None), SOMEBODY),
        (TOLD, {"disclosure": True, "reason": "Not asked for."}, (0, 1, None), None),
        (HARD, {"reason": "x" * 500}, (0, 0, prose.reading_age(HARD)), "x" * 500),
        (DRAFT + "\n\nTake care.", {"reason": "Not asked for."}, (0, 0, None), None),
    ],
)
def test_what_was_taken_on_is_kept_sealed_and_counted(edited, now, ruth, text, taken, facts, reason):
    draft = edited(text)
    approve(draft, ruth, now, **taken)
    approval = Approval.objects.select_related("version__draft__round__question").get()
    assert (approval.reason, Message.objects.get(kind="answer").text) == (reason, text.strip())
    signed = next(entry.facts for entry in history.of(row(draft).subject) if entry.kind == "approved")
    assert (signed["overridden"], signed["disclosures"], signed.get("reading_age")) == facts
    assert SOMEBODY not in str([entry.facts for entry in history.of(row(draft).subject)])


def test_a_reading_age_of_13_needs_no_reason_and_any_more_does(edited, now, ruth, monkeypatch):
    draft = edited(DRAFT + "\n\nTake care.")
    monkeypatch.setattr(prose, "reading_age", lambda text: 13.1)
    with pytest.raises(Refused, match=r"Its reading age is 13\.1"):
        approve(draft, ruth, now)
    monkeypatch.setattr(prose, "reading_age", lambda text: 13.0)
    assert approve(draft, ruth, now).reason is None


def test_reading_age_was_made_for_english_and_counts_in_no_other_language(edited, now, ruth, omar, advisor):
    for person in (ruth, omar, advisor):
        person.languages = ["en", "nl"]
        person.save()
    draft = edited(HARD, language="nl")
    assert approve(draft, ruth, now).reason is None


@pytest.mark.parametrize("words", ["This stays between us.", "When I was 14 I did."])
def test_an_author_takes_nothing_on_so_a_second_supervisor_does_and_at_once(in_review, now, advisor, ruth, omar, words):
    long = DRAFT + "\n\n" + "You are not alone in this and that is a good thing to know. " * 4
    draft = in_review(text=long.strip())
    reviewing.edit(draft=draft, base=1, text=f"{long.strip()} {words}", by=omar, now=now)
    draft = waiting(draft.round.question)
    with pytest.raises(Refused, match="This wording needs a second supervisor"):
        reviewing.accept(draft=draft, number=2, by=advisor, now=now)
    taken = {"override": True, "disclosure": True, "reason": SOMEBODY}
    reviewing.approve(draft=waiting(row(draft)), number=2, by=ruth, now=now, marks=FINE, **taken)
    assert row(draft).status == "answered"
