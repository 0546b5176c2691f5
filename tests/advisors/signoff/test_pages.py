"""The screens, through the door a browser uses. The clock is real here, so nothing asserts a moment."""

import json
import re
import uuid
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from advisors.signoff import listing, masking, reviewing
from advisors.signoff.models import Approval, Comment, Wording
from questions import erasing, moves, ringing
from questions.intake.models import RiskRule
from questions.models import Message, Question, SafetyReport
from questions.publication.models import Publication
from tests.advisors.signoff.conftest import BIG_EDIT, DRAFT, SMALL_EDIT, row, signed_in
from tests.factories import FINE, TopicFactory, make_question
from tests.interleaving import before

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(ruth):
    return signed_in(ruth)


TICKED = {"safe": "on", "accurate": "on"}


def at(name, draft):
    return reverse(f"review:{name}", args=[draft.round.question_id])


def test_the_duty_page_shows_what_waits(browser, in_review, now, omar, ruth):
    draft = in_review(level="red")
    SafetyReport.objects.create(round=draft.round, words="It named my school.", sent_at=now)
    make_question(now=now)
    reviewing.start(draft=draft, by=omar, now=timezone.now())
    reviewing.approve(draft=draft, number=1, by=omar, now=now, marks=FINE)
    page = browser.get("/review/")
    assert page.status_code == 200
    for words in ("It named my school.", "Omar is reviewing this.", "Omar has signed.", "Review next", "/triage/"):
        assert words in page.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_duty_page_costs_the_same_whatever_waits(browser, in_review, now, count, django_assert_num_queries):
    for _ in range(count):
        SafetyReport.objects.create(round=in_review().round, words="Look.", sent_at=now)
        make_question(now=now)
    browser.get("/review/")
    with django_assert_num_queries(34):  # who is ready to pass a track: 2
        browser.get("/review/")


def test_what_is_late_with_an_advisor_stands_on_the_duty_page(in_review, calendar, now, ruth):
    draft, fresh = in_review(), make_question(now=now)
    reviewing.comment(draft=draft, number=1, paragraph=1, text="Warmer.", by=ruth, now=now)
    reviewing.request_changes(draft=draft, number=1, by=ruth, now=now)
    page, due = reverse("review:question", args=[draft.round.question_id]), draft.round.due_at
    for moment, late in ((now, 0), (due - timedelta(minutes=1), 1), (due, 1)):
        ringing.ring_due(now=moment)
        with time_machine.travel(moment, tick=False):
            html = signed_in(ruth).get("/review/").content.decode()
        behind = html.partition("Late or nearly late")[2].partition("Drafts to review")[0]
        assert (behind.count(page), behind.count(str(fresh.pk))) == (late, 0)


def test_what_a_pause_brought_back_in_time_is_not_called_late(calendar, now, ruth):
    question = make_question(now=now)
    Question.objects.update(status="open")
    question.rounds.update(reached="at_risk")
    due = question.round.due_at
    assert [item.late for item in listing.behind(ruth, now=due)] == ["late"]
    assert listing.behind(ruth, now=now) == []


def test_triage_reads_red_first_then_amber_then_the_oldest(browser, calendar, now):
    levels = ("green", "amber", "green", "red")
    rows = [make_question(now=now + timedelta(minutes=at), level=level) for at, level in enumerate(levels)]
    html = browser.get("/review/triage/").content.decode()
    places = [html.index(reverse("review:question", args=[rows[at].pk])) for at in (3, 1, 0, 2)]
    assert places == sorted(places)


def test_a_report_is_settled_once(browser, in_review, now):
    report = SafetyReport.objects.create(round=in_review().round, words="Look.", sent_at=now)
    address = reverse("review:settle", args=[report.pk])
    assert (browser.post(address).status_code, browser.post(address).status_code) == (302, 409)


def test_review_next_leads_to_the_draft(browser, in_review):
    draft = in_review()
    assert browser.post("/review/next/").url == at("draft", draft)
    assert signed_in(row(draft).holder).post("/review/next/").status_code == 403


def test_triage_shows_the_text_its_marked_details_and_why_it_was_raised(browser, calendar, now):
    RiskRule.objects.create(label="Says they are scared at home", level="amber", phrases=["scared at home"])
    question = make_question(now=now, text="I am scared at home. Ring 07700 900123.", level="amber", quarantined=True)
    html = browser.get(reverse("review:question", args=[question.pk])).content.decode()
    assert '<mark>07700 900123<span class="vh"> [phone]</span></mark>' in html
    assert "Says they are scared at home: “scared at home”" in html
    assert "This is in quarantine" in html


@pytest.mark.parametrize("page", ["draft", "edit"])
def test_a_reviewer_sees_which_names_the_advisor_did_not_read(browser, in_review, ruth, now, page):
    draft = in_review()
    masking.mask(question=row(draft), names=["lunch"], by=ruth, now=now)
    html = browser.get(at(page, draft)).content.decode()
    assert html.count('I eat <mark>lunch<span class="vh"> [hidden name]</span></mark> alone') == 1


@pytest.mark.parametrize("page", ["question", "draft", "edit"])
def test_a_timeline_is_marked_as_the_text_is(browser, in_review, ruth, now, page):
    draft = in_review()
    with_moments(draft, "Lunch with Rex", "he rang 07700 900123")
    masking.mask(question=row(draft), names=["Rex"], by=ruth, now=now)
    html = browser.get(at(page, draft)).content.decode()
    assert '<li>Lunch with <mark>Rex<span class="vh"> [hidden name]</span></mark>' in html
    assert '<li>he rang <mark>07700 900123<span class="vh"> [phone]</span></mark>' in html


def with_moments(draft, *moments):
    said = Message.objects.get(round=draft.round, kind="question")
    said.round.question = draft.round.question
    said.extras = json.dumps({"timeline": moments})
    said.save(update_fields=["extras"])


def test_passing_on_by_the_page(browser, calendar, now):
    question = make_question(now=now)
    data = {"version": 1, "summary": "New school.", "content_notes": ["sex", "bullying"]}
    answer = browser.post(reverse("review:question", args=[question.pk]), data)
    kept = Question.objects.get()
    assert (answer.url, kept.status, kept.content_notes) == ("/review/triage/next/", "open", ["sex", "bullying"])


def test_an_old_triage_page_is_told_and_keeps_what_was_typed(browser, calendar, now):
    question = make_question(now=now)
    data = {"version": 9, "summary": "What I typed."}
    answer = browser.post(reverse("review:question", args=[question.pk]), data)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert 'value="What I typed."' in html
    assert 'name="version" value="1"' in html


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"version": "x", "summary": "A line."},
        {"version": 1, "summary": "x" * 161},
        {"version": 1, "summary": "a\0b"},
        {"version": 1, "summary": "A line.", "topic": "x"},
        {"version": 1, "summary": "A line.", "content_notes": ["unheard of"]},
        {"version": 10**30, "summary": "A line."},
    ],
)
def test_bad_triage_is_a_sentence_and_no_error_page(browser, calendar, now, data):
    question = make_question(now=now)
    answer = browser.post(reverse("review:question", args=[question.pk]), data)
    assert (answer.status_code, Question.objects.get().status) == (422, "new")
    assert "There is a problem" in answer.content.decode()


def test_who_may_not_sign_yet_is_told_why_before_pressing(browser, in_review, now, omar):
    draft = in_review(level="red")
    assert "Approve exactly this wording" in browser.get(at("draft", draft)).content.decode()
    reviewing.approve(draft=draft, number=1, by=omar, now=now, marks=FINE)
    page = browser.get(at("draft", draft)).content.decode()
    assert "The second signature on a red answer is the safeguarding lead&#x27;s or a deputy&#x27;s." in page
    assert "Approve exactly this wording" not in page


@pytest.mark.parametrize("name", ["hold", "redirect"])
def test_a_sentence_with_other_words_than_the_page_showed_is_read_first(browser, calendar, now, sentences, ruth, name):
    kind, code = ("holding", "not_safe") if name == "hold" else ("redirect", "right_now")
    question = make_question(now=now, level="red")
    page = browser.get(reverse("review:question", args=[question.pk]))
    form = page.context["hold_form" if name == "hold" else "redirect_form"]
    assert page.content.decode().count(f'name="shown" value="{form.showing()}"') == 1
    old = Wording.objects.filter(kind=kind, code=code, language="en")
    new = {"kind": kind, "code": code, "label": "Now", "text": "Other words."}
    row = old.get()
    old.update(retired_at=now)
    Wording.objects.create(**new, writer=row.writer, approver=row.approver)
    sent = {"code": code, "version": 1, "shown": form.showing()}
    response = browser.post(reverse(f"review:{name}", args=[question.pk]), sent)
    assert (response.status_code, Message.objects.exclude(kind="question").count()) == (409, 0)
    assert [response.content.decode().count(words) for words in ("has other words since", "Other words.")] == [1, 1]
    shown = response.context["bound"].showing()
    browser.post(reverse(f"review:{name}", args=[question.pk]), sent | {"shown": shown})
    assert Message.objects.get(kind=kind).text == "Other words."


def test_levels_holding_and_redirect_by_the_page(browser, calendar, now, sentences):
    question = make_question(now=now, level="amber")
    page = reverse("review:question", args=[question.pk])
    level = reverse("review:level", args=[question.pk])
    assert browser.post(level, {"level": "green"}).status_code == 422
    assert browser.post(level, {"level": "blue"}).status_code == 422
    assert browser.post(level, {"level": "red"}).url == page
    hold = reverse("review:hold", args=[question.pk])
    assert browser.post(hold, {"code": "x"}).status_code == 422
    shown = browser.get(page).context["hold_form"].showing()
    assert browser.post(hold, {"code": "not_safe", "shown": shown}).url == page
    assert browser.post(hold, {"code": "not_safe", "shown": shown}).status_code == 409
    redirect = reverse("review:redirect", args=[question.pk])
    assert browser.post(redirect, {"code": "right_now"}).status_code == 422
    assert browser.post(redirect, {"code": "right_now", "version": 1, "shown": "x"}).status_code == 409
    shown = browser.get(page).context["redirect_form"].showing()
    sent = {"code": "right_now", "version": 1, "shown": shown}
    assert browser.post(redirect, sent).url == "/review/triage/next/"
    kinds = list(Message.objects.order_by("kind").values_list("kind", flat=True))
    assert (Question.objects.get().status, kinds) == ("redirected", ["holding", "question", "redirect"])


def test_a_supervisor_assigns_where_the_asker_may_know_an_advisor(browser, calendar, now, advisor):
    question = make_question(now=now, may_know_advisor=True)
    browser.post(reverse("review:question", args=[question.pk]), {"version": 1, "summary": "New school."})
    assert "To assign" in browser.get("/review/").content.decode()
    assign = reverse("review:assign", args=[question.pk])
    assert browser.post(assign, {"version": 2, "to": "x"}).status_code == 422
    assert browser.post(assign, {"version": 2, "to": advisor.pk}).status_code == 302
    assert (Question.objects.get().status, Question.objects.get().holder) == ("in_progress", advisor)


def test_somebody_who_knows_the_asker_never_sees_it_again(browser, calendar, now):
    question = make_question(now=now)
    page = reverse("review:question", args=[question.pk])
    assert browser.post(reverse("review:recuse", args=[question.pk])).url == "/review/"
    assert (browser.get(page).status_code, str(question.pk) in browser.get("/review/").content.decode()) == (403, False)


def test_a_reply_is_passed_on_by_the_page(browser, in_review, now):
    message = Message.objects.create(round=in_review().round, kind="reply", text="Since May.", sent_at=now)
    assert "Since May." in browser.get("/review/triage/").content.decode()
    address = reverse("review:pass_message", args=[message.pk])
    assert (browser.post(address).status_code, browser.post(address).status_code) == (302, 409)


def test_the_review_page_stands_the_words_beside_the_draft(browser, in_review, now, omar):
    draft = in_review(level="amber")
    reviewing.comment(draft=draft, number=1, paragraph=2, text="Which club?", by=omar, now=now)
    reviewing.edit(draft=draft, base=1, text=SMALL_EDIT, by=omar, now=now)
    html = browser.get(at("draft", draft)).content.decode()
    assert '<ins><span class="vh">[added: </span>really <span class="vh">]</span></ins>' in html
    for words in (
        "I moved to a new school",
        "“lunch alone”",
        "version 1, paragraph 2",
        "Which club?",
        "The open comments come first.",
    ):
        assert words in html


def test_the_reviewer_reads_the_draft_as_the_asker_will(browser, in_review):
    html = browser.get(at("draft", in_review(text="Ask **one** person."))).content.decode()
    assert html.count("<p>Ask <strong>one</strong> person.</p>") == 1
    assert html.index("<p>Ask <strong>one</strong> person.</p>") < html.index("Ask **one** person.")


def buttons(html):
    """The words on the page's primary buttons."""
    return re.findall(r'<button class="button">(.*?)</button>', html)


def test_an_open_comment_on_any_version_comes_before_approving(browser, in_review, now, omar, ruth):
    draft = in_review(level="amber")
    assert buttons(browser.get(at("draft", draft)).content.decode()) == ["Approve exactly this wording"]
    old = reviewing.comment(draft=draft, number=1, paragraph=2, text="Which club?", by=omar, now=now)
    reviewing.edit(draft=draft, base=1, text=SMALL_EDIT, by=omar, now=now)
    new = reviewing.comment(draft=draft, number=2, paragraph=1, text="Warmer?", by=ruth, now=now)
    html = browser.get(at("draft", draft)).content.decode()
    assert buttons(html) == ["Request changes"]
    assert re.findall(r'href="#comment-([^"]+)">\s*(.*?)\s*</a>', html) == [
        (str(new.pk), "paragraph 1"),
        (str(old.pk), "version 1, paragraph 2"),
    ]
    assert [html.count(f'id="comment-{row.pk}"') for row in (new, old)] == [1, 1]


def test_red_stands_above_everything_else_on_duty(browser, in_review, now):
    draft, report = in_review(), in_review()
    SafetyReport.objects.create(round=report.round, words="Look.", sent_at=now)
    green, red = make_question(now=now), make_question(now=now, level="red")
    asked_for = make_question(now=now, level="red", may_know_advisor=True)
    Question.objects.filter(pk=asked_for.pk).update(status="open")
    html = browser.get("/review/").content.decode()
    pages = [reverse("review:question", args=[row.pk]) for row in (red, asked_for)]
    pages += [reverse("review:question", args=[report.round.question_id]), at("draft", draft)]
    pages += [reverse("review:question", args=[green.pk])]
    places = [html.index(f'href="{page}"') for page in pages]
    assert places == sorted(places)
    assert [html.count(f'href="{page}"') for page in pages] == [1] * 5


def test_triage_links_name_topic_and_time_and_its_tab_is_current(browser, calendar, now):
    topic = TopicFactory(label="Friends and drama")
    with time_machine.travel(now + timedelta(hours=2), tick=False):
        question = make_question(now=now, topic=topic, nation="GB-SCT", quarantined=True)
        later = make_question(now=now, topic=topic)
        Message.objects.create(round=later.round, kind="reply", text="Since May.", sent_at=now + timedelta(hours=1))
        Question.objects.filter(pk=later.pk).update(status="in_progress")
        Message.objects.filter(round=later.round, kind="question").update(passed_at=now)
        html = browser.get("/review/triage/").content.decode()
        page = browser.get(reverse("review:question", args=[question.pk])).content.decode()
    assert re.findall(r"Friends and drama, \w+ .*? ago", html) == [
        "Friends and drama, asked 2 hours ago",
        "Friends and drama, sent 1 hour ago",
    ]
    assert re.findall(r'aria-current="page">(\w+)', page) == ["Review", "Triage"]
    assert ("<dd>Scotland" in page, "Quarantine: maybe a joke or a flood; read it all the same" in page) == (True, True)


def test_the_status_and_its_holder_read_as_one_line(browser, in_review):
    assert "<dd>In review, held by Sam" in browser.get(at("draft", in_review())).content.decode()


def test_approving_by_the_page_sends_the_answer(browser, in_review):
    draft = in_review()
    assert browser.post(at("approve", draft), TICKED | {"number": 1}).url == "/review/"
    assert (row(draft).status, Message.objects.get(kind="answer").text) == ("answered", DRAFT)
    assert browser.get(at("draft", draft)).status_code == 403


@pytest.mark.parametrize(("number", "status"), [("", 422), ("x", 422), ("-1", 422), ("2", 409), ("9" * 30, 422)])
def test_approving_another_version_is_refused(browser, in_review, number, status):
    draft = in_review()
    answer = browser.post(at("approve", draft), TICKED | {"number": number})
    assert (answer.status_code, row(draft).status, Approval.objects.count()) == (status, "in_review", 0)


def test_comments_changes_and_resolving_by_the_page(browser, in_review):
    draft = in_review()
    assert browser.post(at("changes", draft), {"number": 1}).status_code == 422
    long = browser.post(at("comment", draft), {"number": 1, "paragraph": 1, "text": "Kept words " + "x" * 1000})
    assert (long.status_code, "Kept words" in long.content.decode()) == (422, True)
    assert browser.post(at("comment", draft), {"number": 1, "paragraph": 9, "text": "Which?"}).status_code == 422
    browser.post(at("comment", draft), {"number": 1, "paragraph": 1, "text": "Which?"})
    comment = Comment.objects.get()
    resolve = reverse("review:resolve", args=[draft.round.question_id, comment.pk])
    browser.post(at("comment", draft), {"number": 1, "paragraph": 0, "text": "Warmer."})
    assert (browser.post(resolve).status_code, browser.post(resolve).status_code) == (302, 409)
    assert browser.post(at("changes", draft), {"number": 1}).url == "/review/"
    assert row(draft).status == "changes_requested"


def test_an_edit_and_its_acceptance_by_the_page(browser, in_review, advisor):
    draft = in_review()
    big = browser.post(at("edit", draft), {"base": 1, "text": BIG_EDIT})
    assert (big.status_code, BIG_EDIT in big.content.decode()) == (422, True)
    assert browser.post(at("edit", draft), {"base": 1, "text": SMALL_EDIT}).url == "/review/"
    author = signed_in(advisor)
    assert "Accept exactly this wording" in author.get(at("accept", draft)).content.decode()
    assert author.post(at("accept", draft), {"number": 1}).status_code == 409
    assert author.post(at("accept", draft), {"number": 2}).url == "/desk/"
    assert Message.objects.get(kind="answer").text == SMALL_EDIT


def test_a_conflict_shows_both_texts(browser, in_review, now, omar):
    draft = in_review()
    reviewing.edit(draft=draft, base=1, text=SMALL_EDIT, by=omar, now=now)
    answer = browser.post(at("edit", draft), {"base": 1, "text": "Mine. " + DRAFT})
    html = answer.content.decode()
    assert (answer.status_code, "Mine. Eating" in html, "is really hard" in html) == (409, True, True)


def test_the_accept_page_waits_for_an_open_comment(in_review, now, ruth, advisor):
    draft = in_review()
    reviewing.comment(draft=draft, number=1, paragraph=1, text="Warmer?", by=ruth, now=now)
    reviewing.edit(draft=draft, base=1, text=SMALL_EDIT, by=ruth, now=now)
    author = signed_in(advisor)
    html = author.get(at("accept", draft)).content.decode()
    assert ("There is an open comment." in html, "Accept exactly this wording" in html) == (True, False)
    assert author.post(at("accept", draft), {"number": 2}).status_code == 422
    assert row(draft).status == "in_review"


def test_a_remark_shows_the_author_no_name_that_is_hidden_from_advisors(in_review, now, ruth, advisor):
    draft = in_review()
    masking.mask(question=draft.round.question, names=["Jamie"], by=ruth, now=now)
    reviewing.comment(draft=draft, number=1, paragraph=1, text="Is Jamie kind?", by=ruth, now=now)
    reviewing.edit(draft=draft, base=1, text=SMALL_EDIT, by=ruth, now=now)
    html = signed_in(advisor).get(at("accept", draft)).content.decode()
    assert ("Is [name] kind?" in html, "Jamie" in html) == (True, False)


def test_only_the_author_opens_the_accept_page(browser, in_review):
    assert browser.get(at("accept", in_review())).status_code == 403


PAGES = ("draft", "question", "edit")
ACTS = (
    "start",
    "approve",
    "escalate",
    "skip",
    "unskip",
    "comment",
    "changes",
    "level",
    "redirect",
    "hold",
    "assign",
    "recuse",
)


@pytest.mark.parametrize("name", [*PAGES, *ACTS])
def test_nobody_but_reviewers_comes_in(client, in_review, advisor, name):
    address = at(name, in_review())
    assert client.post(address).status_code == 302
    assert signed_in(advisor).post(address).status_code == 403


@pytest.mark.parametrize("name", ACTS)
def test_an_act_is_never_a_get(browser, in_review, name):
    assert browser.get(at(name, in_review())).status_code == 405


@pytest.mark.parametrize("name", [*PAGES, *ACTS])
def test_a_case_about_staff_opens_to_the_lead_alone(browser, in_review, lead, name):
    draft = in_review()
    Question.objects.update(about_staff=True)
    ask = browser.get if name in PAGES else browser.post
    assert ask(at(name, draft)).status_code == 403
    assert signed_in(lead).get(at("draft", draft)).status_code == 200


def test_an_unknown_question_is_not_found(browser):
    assert browser.get(reverse("review:draft", args=[uuid.uuid4()])).status_code == 404


def test_an_erased_question_is_closed(browser, calendar, now, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    question = make_question(now=now)
    erasing.erase(question, by=moves.ASKER, now=now)
    assert browser.get(reverse("review:question", args=[question.pk])).status_code == 403


TYPED = "My <b>own</b> words."
WRITTEN = {
    "edit": {"base": 1, "text": TYPED, "note": "A note."},
    "comment": {"number": 1, "paragraph": 0, "text": TYPED},
    "escalate": {"number": 1, "reason": TYPED},
    "approve": {"number": 1, "phrase": TYPED},
    "question": {"version": 1, "summary": TYPED},
    "level": {"level": "green", "reason": TYPED},
}


def box(response):
    """What stands in the box to copy from, and how the page may be stored."""
    held = re.search(r'<textarea id="typed" rows="16" readonly>(.*?)</textarea>', response.content.decode(), re.DOTALL)
    return unescape(held[1]).replace("\r", "") if held else None, "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("name", WRITTEN)
def test_what_was_typed_while_signed_out_can_be_copied(client, in_review, name):
    answer = client.post(at(name, in_review()), WRITTEN[name])
    html = answer.content.decode()
    words = f"{TYPED}\n\nA note." if name == "edit" else TYPED
    assert (answer.status_code, box(answer), TYPED in html) == (403, (words, True), False)
    assert "You were signed out before this was saved." in html
    assert "If you can't sign in any more, your account may have ended. Your manager can tell you." in html
    assert f'href="{reverse("account_login")}"' in html


@pytest.mark.parametrize("name", ["approve", "comment"])
def test_a_press_while_signed_out_does_not_lead_back_to_where_no_page_is(client, in_review, name):
    assert client.post(at(name, in_review())).url == reverse("account_login")


@pytest.mark.parametrize("name", ["edit", "comment"])
def test_what_was_typed_about_a_draft_that_left_review_can_be_copied(browser, in_review, now, omar, name):
    draft = in_review()
    reviewing.approve(draft=draft, number=1, by=omar, now=now, marks=FINE)
    answer = browser.post(at(name, draft), WRITTEN[name])
    assert (answer.status_code, box(answer)[0].split("\n")[0]) == (403, TYPED)
    assert "This draft is not in review any more." in answer.content.decode()


def test_the_second_of_two_who_triage_can_copy_their_line(browser, calendar, now, omar):
    question = make_question(now=now)
    address = reverse("review:question", args=[question.pk])
    signed_in(omar).post(address, {"version": 1, "summary": "Omar's line."})
    answer = browser.post(address, WRITTEN["question"])
    html = answer.content.decode()
    assert (answer.status_code, "Someone else was a moment faster." in html) == (409, True)
    assert re.findall(r'<input type="text" name="summary" value="(.*?)"[^>]* readonly', html) == [escape(TYPED)]
    assert Question.objects.get().summary == "Omar's line."


@pytest.mark.parametrize("name", WRITTEN)
def test_what_was_typed_while_the_asker_erased_can_be_copied(browser, in_review, now, settings, tmp_path, name):
    settings.LEDGER = tmp_path / "erased.txt"
    draft = in_review()
    erasing.erase(row(draft), by=moves.ASKER, now=now)
    answer = browser.post(at(name, draft), WRITTEN[name])
    assert (answer.status_code, box(answer)[0].split("\n")[0]) == (403, TYPED)


def test_what_was_typed_for_a_text_that_was_taken_down_can_be_copied(browser, in_review, now):
    row = Publication.objects.create(question=in_review().round.question, status="unpublished")
    answer = browser.post(reverse("review:publication", args=[row.pk]), {"title": TYPED, "answer_text": "Mine."})
    assert (answer.status_code, box(answer)) == (403, (f"{TYPED}\n\nMine.", True))


def test_a_reviewers_wording_is_given_back_when_the_question_was_erased_meanwhile(
    browser, in_review, settings, tmp_path
):
    settings.LEDGER = tmp_path / "erased.txt"
    draft, now = in_review(), timezone.now()
    question = Question.objects.get()
    with before("SAVEPOINT", "", lambda: erasing.erase(question, by=moves.ASKER, now=now)):
        page = browser.post(at("edit", draft), {"base": 1, "text": SMALL_EDIT})
    assert (page.status_code, escape(SMALL_EDIT.split(".")[0]) in page.content.decode()) == (403, True)


def test_a_reviewer_who_does_not_read_it_is_told_before_they_press(browser, in_review, advisor):
    advisor.languages = ["en", "nl"]
    advisor.save()
    page = browser.get(f"/review/{in_review(language='nl').round.question_id}/").content.decode()
    assert page.count("This is in Dutch. It is for people who read and answer in Dutch.") == 1
    assert "Approve exactly this wording" not in page
