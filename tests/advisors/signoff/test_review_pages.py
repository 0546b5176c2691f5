"""The review page and the queue, through the door a browser uses. The clock is real here: nothing asserts a moment."""

import re

import pytest
from django.urls import reverse
from django.utils.html import escape

from advisors.drafting.models import Draft, DraftVersion
from advisors.models import Person
from advisors.signoff import reviewing
from advisors.signoff.models import Approval, Comment, Escalation, Rubric
from questions.models import Message
from tests.advisors.signoff.conftest import DRAFT, SMALL_EDIT, row, signed_in, waiting
from tests.factories import PersonFactory, SupervisorFactory

pytestmark = pytest.mark.django_db
TICKED = {"number": 1, "safe": "on", "accurate": "on"}
MARKED = {
    "reaction": "2",
    "interpretation": "0",
    "exploration": "1",
    "personal": "yes",
    "within_limits": "no",
    "phrase": "Eating lunch alone",
}
STOPPED = DRAFT + "\n\nThis stays between us. When I was 15 I ate alone too."
TYPED = "My own words."


@pytest.fixture
def browser(ruth):
    return signed_in(ruth)


@pytest.fixture
def first_answers(in_review, advisor):
    """A draft that is one of its author's first five answers."""
    draft = in_review()
    Person.objects.filter(pk=advisor.pk).update(answers_given=0)
    return draft


def at(name, draft):
    return reverse(f"review:{name}", args=[draft.round.question_id])


def html(response):
    return response.content.decode()


def form_of(page, action):
    """The HTML of the form that posts there."""
    return re.search(rf'<form method="post" action="{action}".*?</form>', page, re.DOTALL)[0]


def fields(page, draft):
    """The names in the approve form, in order, each once."""
    names = re.findall(r'name="(\w+)"', form_of(page, at("approve", draft)))
    return list(dict.fromkeys(name for name in names if name != "csrfmiddlewaretoken"))


def test_two_ticks_are_asked_for_and_where_somebody_learns_the_whole_rubric(browser, first_answers, in_review):
    two = ["number", "safe", "accurate"]
    page = html(browser.get(at("draft", first_answers)))
    assert fields(page, first_answers) == [*two, *MARKED]
    form = form_of(page, at("approve", first_answers))
    fieldset = form.partition('<fieldset class="rubric">')[2]
    assert [fieldset.count(f'name="{name}"') > 0 for name in (*two[1:], *MARKED)] == [True] * 8
    Person.objects.update(answers_given=20)
    assert fields(html(browser.get(at("draft", first_answers))), first_answers) == two


def test_what_is_not_ticked_is_named_and_nothing_is_signed(browser, in_review):
    draft = in_review()
    answer = browser.post(at("approve", draft), {"number": 1, "accurate": "on"})
    page = html(answer)
    assert (answer.status_code, Approval.objects.count()) == (422, 0)
    assert page.count(escape("Tick that it is safe. If it isn't, ask for changes instead.")) == 2
    assert 'href="#approve_safe"' in page
    assert re.search(r'name="accurate"[^>]*checked', page)


def test_the_whole_rubric_by_the_page(browser, first_answers):
    draft = first_answers
    missing = browser.post(at("approve", draft), TICKED | MARKED | {"reaction": "3", "phrase": TYPED})
    assert (missing.status_code, f'value="{TYPED}"' in html(missing)) == (422, True)
    nowhere = browser.post(at("approve", draft), TICKED | MARKED | {"phrase": TYPED})
    assert (nowhere.status_code, "have to stand in the draft" in html(nowhere)) == (422, True)
    assert browser.post(at("approve", draft), TICKED | MARKED).url == "/review/"
    found = Rubric.objects.get()
    assert (found.reaction, found.interpretation, found.personal, found.within_limits) == (2, 0, True, False)
    assert row(draft).status == "answered"


def test_what_has_to_be_taken_on_stands_in_the_form_only_then(browser, in_review, now, omar):
    draft = in_review(level="amber")
    assert fields(html(browser.get(at("draft", draft))), draft) == ["number", "safe", "accurate"]
    reviewing.edit(draft=draft, base=1, text=STOPPED, by=omar, now=now, note="Look.")
    page = html(browser.get(at("draft", draft)))
    assert fields(page, draft) == ["number", "safe", "accurate", "override", "disclosure", "reason"]
    assert "<b>About themselves:</b>" in page
    sent = TICKED | {"number": 2, "override": "on", "disclosure": "on"}
    kept = browser.post(at("approve", draft), sent | {"disclosure": "", "reason": TYPED})
    assert (kept.status_code, TYPED in form_of(html(kept), at("approve", draft))) == (422, True)
    assert browser.post(at("approve", draft), sent | {"reason": TYPED}).url == "/review/"
    approval = Approval.objects.select_related("version__draft__round__question").get()
    assert (approval.reason, Message.objects.get(kind="answer").text) == (TYPED, STOPPED)


def test_the_reviewer_reads_why_its_author_insists_and_where_its_facts_are_from(browser, in_review, advisor, now):
    draft = in_review()
    draft.insisted = "They asked for <that> number."
    draft.save(update_fields=["insisted"])
    DraftVersion.objects.create(draft=draft, number=2, writer=advisor, text=DRAFT, sources="nhs.uk/lunch", saved_at=now)
    Draft.objects.update(number=2)
    page = html(browser.get(at("draft", draft)))
    assert (escape("They asked for <that> number.") in page, "nhs.uk/lunch" in page) == (True, True)
    assert "Why Sam kept these words" in page
    assert "Stopped words, kept by the author" in html(browser.get("/review/"))


def test_escalating_by_the_page(browser, in_review, lead):
    draft = in_review()
    empty = browser.post(at("escalate", draft), {"number": 1, "reason": " "})
    assert (empty.status_code, Escalation.objects.count()) == (422, 0)
    stale = browser.post(at("escalate", draft), {"number": 2, "reason": TYPED})
    assert (stale.status_code, TYPED in form_of(html(stale), at("escalate", draft))) == (409, True)
    assert browser.post(at("escalate", draft), {"number": 1, "reason": TYPED}).url == "/review/"
    page = html(browser.get(at("draft", draft)))
    assert ("Escalated by Ruth." in page, TYPED in page, at("escalate", draft) in page) == (True, True, False)
    assert "This was escalated, so the safeguarding lead or a deputy signs it." in page
    assert "Approve exactly this wording" not in page
    assert "Escalated by Ruth" in html(browser.get("/review/"))
    assert "Approve exactly this wording" in html(signed_in(lead).get(at("draft", draft)))


def test_the_second_to_escalate_keeps_their_words(browser, in_review, omar, lead, now):
    draft = in_review()
    reviewing.escalate(draft=draft, number=1, reason="Me first.", by=omar, now=now)
    answer = browser.post(at("escalate", draft), {"number": 1, "reason": TYPED})
    page = html(answer)
    assert (answer.status_code, "Somebody has escalated this already." in page, TYPED in page) == (409, True, True)


def test_a_reason_for_a_wording_that_somebody_commented_on_meanwhile_can_be_copied(browser, in_review, omar, now):
    draft = in_review(level="amber")
    reviewing.edit(draft=draft, base=1, text=STOPPED, by=omar, now=now, note="Look.")
    reviewing.comment(draft=waiting(row(draft)), number=2, paragraph=0, text="Really?", by=omar, now=now)
    sent = TICKED | {"number": 2, "override": "on", "disclosure": "on", "reason": TYPED}
    answer = browser.post(at("approve", draft), sent)
    assert (answer.status_code, TYPED in html(answer), Approval.objects.count()) == (422, True, 0)


def test_a_skip_is_for_me_and_can_be_undone(browser, in_review, omar):
    draft = in_review()
    browser.post(at("start", draft))
    assert browser.post(at("skip", draft)).url == "/review/"
    page = html(browser.get("/review/"))
    assert ("You skipped this for half an hour." in page, at("unskip", draft) in page) == (True, True)
    assert "You are reviewing this." not in page
    assert browser.post("/review/next/").url == "/review/"
    assert "You skipped this" not in html(signed_in(omar).get("/review/"))
    assert browser.post(at("unskip", draft)).url == "/review/"
    assert browser.post("/review/next/").url == at("draft", draft)


def test_the_buddy_is_told_and_others_read_who_comes_first(in_review, ruth, now):
    daniel = SupervisorFactory(alias="Daniel")
    jaz = PersonFactory(alias="Jaz", buddy=daniel, answers_given=0)
    draft = in_review(by=jaz)
    Draft.objects.filter(pk=draft.pk).update(submitted_at=now)
    assert "You are their buddy" in html(signed_in(daniel).get("/review/"))
    assert "You are their buddy" not in html(signed_in(ruth).get("/review/"))


@pytest.mark.parametrize("paragraph", ["4", "-1", "x", ""])
def test_a_comment_on_a_paragraph_that_is_gone_keeps_its_text(browser, in_review, paragraph):
    draft = in_review()
    answer = browser.post(at("comment", draft), {"number": 1, "paragraph": paragraph, "text": TYPED})
    assert (answer.status_code, TYPED in form_of(html(answer), at("comment", draft))) == (422, True)
    assert "Choose a paragraph of this draft." in html(answer)
    assert Comment.objects.count() == 0


def test_a_comment_on_an_older_version_keeps_its_text_and_can_be_sent_again(browser, in_review, omar, now):
    draft = in_review()
    reviewing.edit(draft=draft, base=1, text=SMALL_EDIT, by=omar, now=now)
    answer = browser.post(at("comment", draft), {"number": 1, "paragraph": 1, "text": TYPED})
    form = form_of(html(answer), at("comment", draft))
    assert (answer.status_code, TYPED in form, 'name="number" value="2"' in form) == (409, True, True)
    assert escape("There is a newer wording than the one you were reading. Here it is.") in html(answer)
    assert browser.post(at("comment", draft), {"number": 2, "paragraph": 1, "text": TYPED}).status_code == 302


def test_a_comment_of_another_question_is_not_found(browser, in_review, ruth, now):
    draft, other = in_review(), in_review()
    comment = reviewing.comment(draft=other, number=1, paragraph=0, text="Warmer.", by=ruth, now=now)
    address = reverse("review:resolve", args=[draft.round.question_id, comment.pk])
    assert (browser.post(address).status_code, Comment.objects.filter(resolved_at=None).count()) == (404, 1)


def test_a_resolved_comment_says_who_resolved_it(browser, in_review, omar, ruth, now):
    draft = in_review()
    comment = reviewing.comment(draft=draft, number=1, paragraph=0, text="Warmer.", by=omar, now=now)
    browser.post(reverse("review:resolve", args=[draft.round.question_id, comment.pk]))
    assert "resolved by Ruth" in html(browser.get(at("draft", draft)))


def test_who_signed_while_it_was_red_sends_it_when_it_is_not_any_more(browser, in_review):
    draft = in_review(level="red")
    browser.post(at("approve", draft), TICKED)
    assert "It waits for a second signature" in html(browser.get(at("draft", draft)))
    draft.round.question.__class__.objects.update(level="amber")
    assert "Approve exactly this wording" in html(browser.get(at("draft", waiting(row(draft)))))
    browser.post(at("approve", draft), TICKED)
    assert row(draft).status == "answered"
