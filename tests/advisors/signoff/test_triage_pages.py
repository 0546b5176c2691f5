"""Triage and the duty board, through the door a browser uses. The clock is real where nothing travels."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from advisors.drafting import claiming, writing
from advisors.drafting.masking import names_of
from advisors.signoff import own_words, triaging
from advisors.signoff.models import LevelChange, OwnWords
from questions.models import Message, Question, Round
from tests.advisors.signoff.conftest import row, signed_in
from tests.factories import LeadFactory, TopicFactory, TrusteeFactory, make_question

pytestmark = pytest.mark.django_db
TEXT = "We read every word. A nurse near you can look at this today."


@pytest.fixture
def browser(ruth):
    return signed_in(ruth)


def at(name, question):
    return reverse(f"review:{name}", args=[question.pk])


def body(answer):
    return answer.content.decode()


def passed_on(browser, question):
    data = {"version": question.version, "summary": "New school.", "names": "Biscuit, Hill Road"}
    return browser.post(at("question", question), data)


def shown(html):
    """What the page keeps of the hidden names it was made from."""
    return re.search(r'name="shown" value="(\w*)"', html)[1]


def undo_of(html):
    """(address, version) of the undo button on a page."""
    return re.search(r'action="([^"]+)" data-key="u">.*?name="version" value="(\d+)"', html, re.DOTALL).groups()


def test_after_passing_on_the_next_one_opens_at_once_with_an_undo(browser, calendar, now):
    first, second = make_question(now=now, level="amber"), make_question(now=now)
    onward = passed_on(browser, first)
    assert onward.url == "/review/triage/next/"
    page = browser.get(onward.url, follow=True)
    assert page.redirect_chain == [(at("question", second), 302)]
    assert "Passed on. It waits on the desk now." in body(page)
    assert undo_of(body(page)) == (at("take_back", first), "2")
    assert 'data-key="u"' not in body(browser.get(at("question", second)))


def test_the_undo_works_without_a_script(browser, calendar, now):
    question = make_question(now=now)
    passed_on(browser, question)
    page = body(browser.get("/review/triage/next/", follow=True))
    assert "Nothing new waits." in page
    address, version = undo_of(page)
    assert browser.post(address, {"version": version}).url == at("question", question)
    page = body(browser.get(at("question", question)))
    assert (Question.objects.get().status, "Taken back." in page) == ("new", True)
    assert 'value="New school."' in page
    assert 'value="Biscuit, Hill Road"' in page


def test_an_old_undo_is_a_sentence(browser, calendar, now, advisor):
    question = make_question(now=now)
    passed_on(browser, question)
    for version, status in (("", 422), ("1", 409), ("9" * 30, 422)):
        assert browser.post(at("take_back", question), {"version": version}).status_code == status
    claiming.claim(question=Question.objects.get(), by=advisor, version=2, now=timezone.now())
    refused = browser.post(at("take_back", question), {"version": 3})
    assert (refused.status_code, "only while nobody has taken it" in body(refused)) == (422, True)


def test_what_was_passed_on_a_moment_ago_is_taken_back_from_its_page_too(browser, calendar, now):
    question = make_question(now=now)
    passed_on(browser, question)
    assert f'action="{at("take_back", question)}"' in body(browser.get(at("question", question)))


def test_a_change_of_level_is_undone_by_the_page(browser, calendar, now):
    question = make_question(now=now)
    browser.post(at("level", question), {"level": "amber"})
    address, _version = undo_of(body(browser.get(at("question", question))))
    assert browser.post(address).url == at("question", question)
    assert (Question.objects.get().level, LevelChange.objects.count()) == ("green", 2)
    assert "The level is as it was." in body(browser.get(at("question", question)))


@pytest.mark.parametrize(
    ("others", "said"), [(0, "Nothing else new waits."), (1, "1 more waits."), (3, "3 more wait.")]
)
def test_how_many_more_wait(browser, calendar, now, others, said):
    question = make_question(now=now)
    for _ in range(others):
        make_question(now=now)
    page = body(browser.get(at("question", question)))
    assert said in page
    assert page.count(f"/review/triage/next/?after={question.pk}") == bool(others)


def test_reading_next_passes_over_the_one_at_hand(browser, calendar, now):
    first, second = make_question(now=now, level="amber"), make_question(now=now)
    assert browser.get(f"/review/triage/next/?after={first.pk}").url == at("question", second)
    assert browser.get(f"/review/triage/next/?after={second.pk}").url == at("question", first)


@pytest.mark.parametrize("after", ["", "x", "\0", "9" * 5000])
def test_a_next_nobody_made_begins_with_the_first(browser, calendar, now, after):
    question = make_question(now=now)
    assert browser.get("/review/triage/next/", {"after": after}).url == at("question", question)


def test_with_nothing_waiting_next_leads_to_the_list(browser, calendar):
    page = browser.get("/review/triage/next/", follow=True)
    assert (page.redirect_chain, "Nothing new waits." in body(page)) == ([("/review/triage/", 302)], True)


def test_quarantine_goes_on_and_off_by_the_same_button(browser, calendar, now):
    question = make_question(now=now)
    assert "Put it in quarantine" in body(browser.get(at("question", question)))
    assert browser.post(at("apart", question), {"apart": "yes"}).url == at("question", question)
    assert "Let it out of quarantine" in body(browser.get(at("question", question)))
    assert browser.post(at("apart", question), {"apart": "yes"}).status_code == 409
    browser.post(at("apart", question), {"apart": "no"})
    assert not Question.objects.get().quarantined
    assert browser.post(at("apart", question), {"apart": "perhaps"}).status_code == 422


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Kayleigh is in my form.", "in their words. We find few names by ourselves. Read for them."),
        ("My mate Kayleigh is in my form.", "What we found stands here. We find few by ourselves. Read for others."),
    ],
)
def test_an_empty_box_for_names_is_not_taken_for_a_text_without_names(browser, calendar, now, text, said):
    assert body(browser.get(at("question", make_question(now=now, text=text)))).count(said) == 1


def test_names_are_found_hidden_and_marked(browser, calendar, now):
    question = make_question(now=now, text="My name is Sanne. Biscuit barks.")
    assert 'name="names" value="Sanne"' in body(browser.get(at("question", question)))
    passed_on(browser, question)
    page = body(browser.get(at("question", question)))
    assert '<mark>Biscuit<span class="vh"> [hidden name]</span></mark>' in page
    assert browser.post(at("mask", question), {"names": "Rex,", "shown": shown(page)}).url == at("question", question)
    assert names_of(Question.objects.get()) == ("Rex",)
    long = browser.post(at("mask", question), {"names": "x" * 61})
    assert (long.status_code, "A name can have 60 characters at most" in body(long), "x" * 61 in body(long)) == (
        422,
        True,
        True,
    )


def words_for(browser, question, **values):
    data = {"version": question.version, "why": "redirect:medical_advice", "text": TEXT} | values
    return browser.post(at("propose_words", question), data)


def test_own_words_go_from_one_person_to_another_by_the_pages(browser, calendar, now, omar, sentences):
    question = make_question(now=now)
    assert words_for(browser, question).url == at("question", question)
    words = OwnWords.objects.get()
    page = reverse("review:words", args=[words.pk])
    mine, theirs = body(browser.get(page)), body(signed_in(omar).get(page))
    assert ("Approve and send" in mine, "Approve and send" in theirs) == (False, True)
    for where in ("/review/", "/review/triage/", at("question", question)):
        assert page in body(signed_in(omar).get(where))
    approve = reverse("review:words_approve", args=[words.pk])
    assert browser.post(approve).status_code == 403
    assert signed_in(omar).post(approve).url == "/review/"
    assert (Question.objects.get().status, Message.objects.get(kind="redirect").text) == ("redirected", TEXT)
    assert signed_in(omar).post(approve).status_code == 403


def test_own_words_are_let_go_by_the_page(browser, calendar, now, sentences):
    words_for(browser, make_question(now=now))
    drop = reverse("review:words_drop", args=[OwnWords.objects.get().pk])
    assert [browser.post(drop).status_code for _ in range(2)] == [302, 409]


@pytest.mark.parametrize(
    "data",
    [
        {"text": ""},
        {"why": ""},
        {"why": "redirect"},
        {"why": "holding:not_safe"},
        {"version": ""},
        {"text": "Kept words. Your BMI."},
        {"text": "Kept words. " + "x" * 3000},
        {"version": 7},
    ],
)
def test_own_words_that_cannot_be_kept_stand_in_the_box_again(browser, calendar, now, sentences, data):
    answer = words_for(browser, make_question(now=now), **data)
    assert (answer.status_code, OwnWords.objects.count()) == (409 if data.get("version") == 7 else 422, 0)
    assert data.get("text", TEXT) in body(answer)


def test_what_was_typed_is_kept_when_the_round_has_ended(browser, calendar, now, sentences):
    question = make_question(now=now)
    Question.objects.update(status="redirected")
    for answer in (words_for(browser, question), browser.post(at("mask", question), {"names": TEXT})):
        assert (answer.status_code, TEXT in body(answer)) == (422, True)


@pytest.mark.parametrize("name", ["propose_words", "mask"])
def test_what_was_typed_is_kept_when_the_session_has_ended(browser, calendar, now, sentences, name):
    question = make_question(now=now)
    browser.logout()
    answer = browser.post(at(name, question), {"text": "Nothing is lost.", "names": "Nothing is lost."})
    assert (answer.status_code, "Nothing is lost." in body(answer)) == (403, True)


def test_a_trustee_reaches_the_leads_words_about_a_colleague_and_nothing_else(calendar, now, lead, sentences):
    trustee, other = signed_in(TrusteeFactory()), make_question(now=now)
    case = make_question(now=now, about_staff=True, topic=TopicFactory(label="School"))
    assert trustee.get(at("question", case)).status_code == 403
    words = own_words.propose(question=case, kind="redirect", code="medical_advice", text=TEXT, by=lead, now=now)
    page = body(trustee.get("/review/triage/"))
    assert (str(words.pk) in page, str(case.pk) in page, str(other.pk) in page) == (True, True, False)
    links = set(re.findall(r'href="([^"]*)"', page))
    assert "/review/triage/" in links
    assert links & {"/review/", "/review/publish/", "/review/locked/", "/desk/", "/manage/"} == set()
    assert trustee.get(at("question", case)).status_code == 200
    assert trustee.get(at("question", other)).status_code == 403
    for closed in ("/review/", "/review/publish/", "/review/duty/note/"):
        assert trustee.get(closed).status_code == 403
    assert trustee.get(reverse("review:words", args=[words.pk])).status_code == 200
    assert trustee.post(reverse("review:words_approve", args=[words.pk])).url == "/review/triage/"
    assert trustee.get(at("question", case)).status_code == 403


def test_another_lead_approves_about_a_colleague_and_a_supervisor_sees_nothing(browser, calendar, now, lead, sentences):
    case = make_question(now=now, about_staff=True)
    words = own_words.propose(question=case, kind="redirect", code="medical_advice", text=TEXT, by=lead, now=now)
    page = reverse("review:words", args=[words.pk])
    assert (browser.get(page).status_code, str(words.pk) in body(browser.get("/review/"))) == (403, False)
    assert signed_in(LeadFactory()).post(reverse("review:words_approve", args=[words.pk])).url == "/review/"


@pytest.fixture
def late(calendar, now):
    """Two questions that an advisor could have taken, and the moment on the day after their promise."""
    rows = [make_question(now=now, topic=TopicFactory(label=label)) for label in ("Friends", "School")]
    Question.objects.update(status="open")
    return [Question.objects.get(pk=row.pk) for row in rows], rows[0].round.due_at + timedelta(hours=18)


def test_late_questions_get_one_date_by_the_page(ruth, late):
    questions, moment = late
    with time_machine.travel(moment, tick=False):
        browser = signed_in(ruth)
        assert "/review/redate/" in body(browser.get("/review/"))
        page = body(browser.get("/review/redate/"))
        assert ("Friends, green, was due Thu 19 Nov, 18:00" in page, 'value="2026-11-23T18:00"' in page) == (True, True)
        none = browser.post("/review/redate/", {"until": "2026-11-23T16:00"})
        assert (none.status_code, 'value="2026-11-23T16:00"' in body(none)) == (422, True)
        closed = {"questions": [row.pk for row in questions], "until": "2026-11-22T12:00"}
        assert "Choose a moment while we are open." in body(browser.post("/review/redate/", closed))
        data = {"questions": [row.pk for row in questions], "until": "2026-11-23T16:00"}
        assert browser.post("/review/redate/", data).url == "/review/"
        page = body(browser.get("/review/"))
        assert (page.count("New date: Mon 23 Nov, 16:00"), "/review/redate/" in page) == (2, False)
        again = browser.post("/review/redate/", data)
        assert (again.status_code, "One of these is not late any more" in body(again)) == (422, True)


@pytest.mark.parametrize(
    "data", [{"questions": ["x"]}, {"questions": ["\0"], "until": "x"}, {"until": "2026-13-45T99:00"}]
)
def test_a_bad_date_is_a_sentence(ruth, late, data):
    with time_machine.travel(late[1], tick=False):
        answer = signed_in(ruth).post("/review/redate/", data)
    assert (answer.status_code, "There is a problem" in body(answer)) == (422, True)


def test_what_was_missed_twice_is_assigned_to_oneself(ruth, late):
    questions, moment = late
    Round.objects.filter(question=questions[0]).update(redated_at=moment)
    with time_machine.travel(moment, tick=False):
        browser = signed_in(ruth)
        page = body(browser.get("/review/"))
        assert "Missed twice: a supervisor writes it" in page
        version, to = re.search(
            r'name="version" value="(\d+)"><input type="hidden" name="to" value="([^"]+)"', page
        ).groups()
        browser.post(at("assign", questions[0]), {"version": version, "to": to})
    assert Question.objects.get(pk=questions[0].pk).holder == ruth


def test_red_that_is_being_written_stands_on_the_board_though_it_is_not_late(in_review, lead, now, ruth):
    question = row(in_review(level="red"))
    with time_machine.travel(now, tick=False):
        board = signed_in(lead)
        assert "Red, not answered yet" not in body(board.get("/review/"))
        Question.objects.filter(pk=question.pk).update(status="changes_requested")
        section = body(board.get("/review/")).partition("Red, not answered yet")[2].partition("Drafts to review")[0]
    assert section.count(at("question", question)) == 1


def test_a_case_about_staff_can_be_redirected_but_never_passed_on(calendar, now, lead):
    case = make_question(now=now, about_staff=True)
    page = body(signed_in(lead).get(at("question", case)))
    assert ("Pass on to the desk" in page, at("redirect", case) in page) == (False, True)


def test_the_keys_are_off_until_somebody_switches_them_on(browser, calendar, now):
    page = body(browser.get(at("question", make_question(now=now))))
    assert re.search(r'<section class="keys" data-keys hidden', page)
    assert 'aria-pressed="false">Single keys: off</button>' in page


def test_no_key_sends_what_cannot_be_taken_back(browser, calendar, now, sentences):
    """The script sends the forms that carry a key; nothing but these three may."""
    question = make_question(now=now, level="red")
    passed_on(browser, make_question(now=now))
    page = body(browser.get(at("question", question)))
    keyed = dict(re.findall(r'action="([^"]+)"[^>]*data-key="(\w)"', page))
    assert sorted(keyed.values()) == ["p", "q", "u"]
    assert {key: address.rsplit("/", 2)[1] for address, key in keyed.items()} == {
        "p": "triage",
        "q": "apart",
        "u": "take-back",
    }


@pytest.mark.parametrize("count", [1, 3])
def test_a_question_costs_the_same_whatever_waits_besides(browser, calendar, now, count, django_assert_num_queries):
    question = make_question(now=now)
    for _ in range(count):
        make_question(now=now)
    browser.get(at("question", question))
    with django_assert_num_queries(19):  # whether it is noted that they opened it among them
        browser.get(at("question", question))


def test_taking_back_waits_ten_minutes_on_the_page(calendar, now, ruth):
    question = make_question(now=now)
    triaging.pass_on(question=question, version=1, summary="A line.", content_notes=[], by=ruth, now=now)
    shown = []
    for after in (timedelta(minutes=10), timedelta(minutes=10, seconds=1)):
        with time_machine.travel(now + after, tick=False):
            shown.append("Take it back" in body(signed_in(ruth).get(at("question", question))))
    assert shown == [True, False]


def test_a_page_from_before_somebody_hid_a_name_shows_none_of_it_again(browser, calendar, now, omar):
    question = make_question(now=now)
    passed_on(browser, question)
    browser.post(at("mask", question), {"names": "", "shown": shown(body(browser.get(at("question", question))))})
    first, second = (shown(body(who.get(at("question", question)))) for who in (browser, signed_in(omar)))
    browser.post(at("mask", question), {"names": "Jamie", "shown": first})
    answer = signed_in(omar).post(at("mask", question), {"names": "St Marys", "shown": second})
    assert (answer.status_code, names_of(Question.objects.get())) == (409, ("Jamie",))
    assert "Somebody else changed the hidden names meanwhile." in body(answer)
    assert 'value="Jamie, St Marys"' in body(answer)
    both = {"names": "Jamie, St Marys", "shown": shown(body(answer))}
    assert signed_in(omar).post(at("mask", question), both).status_code == 302
    assert names_of(Question.objects.get()) == ("Jamie", "St Marys")


def test_passing_on_from_such_a_page_is_refused_too(browser, calendar, now, omar):
    question = make_question(now=now)
    page = body(browser.get(at("question", question)))
    signed_in(omar).post(at("mask", question), {"names": "Jamie", "shown": ""})
    data = {"version": 1, "summary": "New school.", "names": "St Marys", "shown": shown(page)}
    answer = browser.post(at("question", question), data)
    assert (answer.status_code, 'value="Jamie, St Marys"' in body(answer)) == (409, True)
    assert (Question.objects.get().status, names_of(Question.objects.get())) == ("new", ("Jamie",))


def test_who_hides_a_name_that_the_draft_holds_is_told(browser, calendar, now, advisor):
    question = make_question(now=now)
    passed_on(browser, question)
    question = Question.objects.get()
    claiming.claim(question=question, by=advisor, version=2, now=now)
    values = {"question": question, "kind": "answer", "details": [], "by": advisor, "now": now}
    writing.save(text="Rex is kind.", base=0, sources="Ada's page", **values)
    for name, told in (("Rex", True), ("Ada", True), ("Biscuit", False)):
        data = {"names": name, "shown": shown(body(browser.get(at("question", question))))}
        page = body(browser.post(at("mask", question), data, follow=True))
        assert ("The draft holds it too: the next advisor sees it hidden." in page) == told


@pytest.mark.parametrize(("name", "told"), [("Zorblax", True), ("Jamie", False), ("JAMIE", False), ("Zoë", False)])
def test_who_hides_a_name_that_stands_nowhere_is_told(browser, calendar, now, name, told):
    question = make_question(text="Jamie and I eat alone.", now=now)
    said = Message.objects.get(round__question=question)
    said.extras = json.dumps({"cards": [], "timeline": ["Zoë left."]})
    said.save()
    data = {"version": 1, "summary": "New school.", "names": name, "shown": ""}
    passed = browser.post(at("question", question), data, follow=True)
    again = {"names": name, "shown": shown(body(browser.get(at("question", question))))}
    masked = browser.post(at("mask", question), again, follow=True)
    sentence = "A name that you hide stands nowhere in what they sent."
    assert [sentence in body(page) for page in (passed, masked)] == [told, told]
    assert name not in str(passed.cookies) + str(masked.cookies)
