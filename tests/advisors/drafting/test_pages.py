from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from advisors import roles
from advisors.drafting import claiming, picking, writing
from advisors.drafting.models import DraftVersion, HandoverNote, Recusal
from advisors.duty.models import OnDuty
from advisors.models import Person
from advisors.signoff.models import Comment
from advisors.team import checking_in
from questions import moves, states
from questions.models import Contact, Question
from tests.factories import ManagerFactory, PersonFactory, TopicFactory

pytestmark = pytest.mark.django_db
DETAILS = {"detail_1": "eat lunch alone", "detail_2": "My mum"}


@pytest.fixture
def page(held):
    """The address of a page of the held question."""

    def address(name):
        return reverse(f"desk:{name}", args=[held.pk])

    return address


def draft(text="Hi.", *, base=0, version=3, **more):
    return {"text": text, "base": base, "version": version} | DETAILS | more


def texts():
    return list(DraftVersion.objects.values_list("number", flat=True)), [row.text for row in DraftVersion.objects.all()]


def said(response):
    """The sentences of the error summary."""
    forms = [response.context[name] for name in ("form", "back_form") if name in response.context]
    return [sentence for form in forms for sentences in form.errors.values() for sentence in sentences]


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_page_costs_the_same_for_one_and_for_three(
    desk, triaged, advisor, now, count, django_assert_num_queries
):
    for _ in range(count):
        triaged(topic=TopicFactory())
        question = triaged(topic=TopicFactory())
        claiming.claim(question=question, by=advisor, version=2, now=now)
    checking_in.check_in(person=advisor, mood="good", now=now - timedelta(days=1))
    with django_assert_num_queries(14):
        response = desk.get("/desk/")
    assert (len(response.context["mine"]), len(response.context["cards"])) == (count, count)


def test_the_desk_counts_what_is_in_hand_and_marks_what_is_red(desk, triaged, held):
    triaged(level="red")
    page = desk.get("/desk/").content.decode()
    assert page.count("1 of 3 in hand") == 1
    assert page.count('<li class="note clay">') == 1


def test_an_untrained_advisor_reads_which_tracks_are_missing(desk, advisor):
    Person.objects.update(trained_until=None)
    assert desk.get("/desk/").context["missing"] == [
        "Research and software: not passed yet.",
        "Communication and empathy: not passed yet.",
        "Know your limits: not passed yet.",
    ]
    Person.objects.update(trained_until=date(2026, 11, 16))
    assert desk.get("/desk/").context["missing"] == []


def test_without_anybody_on_duty_the_cards_stay_and_their_buttons_go(desk, triaged):
    triaged()
    assert "Read it" in desk.get("/desk/").content.decode()
    OnDuty.objects.all().delete()
    page = desk.get("/desk/").content.decode()
    assert "Nobody is on duty right now, so nothing new can be taken." in page
    assert "New school, eats alone." in page
    assert "Read it" not in page
    assert "Take the next one" not in page
    assert desk.get(f"/desk/{Question.objects.get().pk}/").status_code == 403


def test_on_a_hard_day_the_desk_says_what_it_leaves_out(desk, triaged, advisor, now):
    triaged(level="amber")
    checking_in.check_in(person=advisor, mood="hard", now=now)
    page = desk.get("/desk/").content.decode()
    assert "You said that today is hard, so heavy questions are left out." in page
    assert "1 is heavy, and you said that today is hard." in page
    assert "Nothing lighter is waiting right now." in page


def test_what_came_since_they_left_is_counted_from_the_check_in_before(desk, held, advisor, supervisor, now):
    version = writing.save(question=held, kind="answer", text="Hi.", details=[], base=0, by=advisor, now=now)
    Comment.objects.create(version=version, paragraph=0, text="Warmer.", writer=supervisor, written_at=now)
    assert "Since you left" not in desk.get("/desk/").content.decode()
    checking_in.check_in(person=advisor, mood="good", now=now - timedelta(days=1))
    assert "1 new comment on your draft: No topic yet" in desk.get("/desk/").content.decode()


def test_the_desk_shows_no_word_of_the_asker(desk, triaged):
    triaged()
    page = desk.get("/desk/").content.decode()
    assert "New school, eats alone." in page
    assert "give it time" not in page


def test_an_empty_desk_says_so(desk):
    response = desk.get("/desk/")
    assert (response.status_code, response.context["mine"], response.context["cards"]) == (200, [], [])
    assert "Nothing is waiting that fits you right now." in response.content.decode()


def test_reading_comes_before_claiming(desk, triaged, advisor):
    question = triaged(text="Write to jo@example.org about lunch")
    response = desk.get(f"/desk/{question.pk}/")
    assert "Write to [e-mail address] about lunch" in response.content.decode()
    assert Question.objects.get().holder is None
    response = desk.post(f"/desk/{question.pk}/claim/", {"version": 2})
    assert (response.status_code, response.url) == (302, f"/desk/{question.pk}/write/")
    assert Question.objects.get().holder == advisor


@pytest.mark.parametrize(
    ("version", "sentence"),
    [("1", "Someone else was a moment faster.")]
    + [(broken, "This page was out of date.") for broken in ("", "x", "-4", "9" * 40)],
)
def test_a_claim_from_an_old_or_broken_page_says_so_and_promises_nothing_below(desk, triaged, version, sentence):
    question = triaged()
    response = desk.post(f"/desk/{question.pk}/claim/", {"version": version})
    assert (response.status_code, f"<p>{sentence}</p>" in response.content.decode()) == (409, True)
    assert Question.objects.get().holder is None


def test_a_question_that_is_not_for_them_shows_one_sentence_and_no_text(desk, triaged):
    question = triaged(may_know_advisor=True)
    response = desk.get(f"/desk/{question.pk}/")
    assert response.status_code == 403
    assert response.context["sentence"] == "They may know an advisor, so a supervisor chooses who writes."
    assert "lunch" not in response.content.decode()


def test_the_holder_is_led_from_reading_to_writing(desk, held, page):
    assert desk.get(page("read")).url == page("write")


def test_take_the_next_one(desk, triaged, advisor):
    question = triaged()
    assert desk.post("/desk/next/").url == f"/desk/{question.pk}/write/"
    assert Question.objects.get().holder == advisor
    response = desk.post("/desk/next/", follow=True)
    assert "Nothing is waiting that fits you right now." in response.content.decode()


def test_a_draft_is_saved_and_checked(desk, held, page, clock):
    response = desk.post(page("write"), draft("Calm down. It stays just between us."), follow=True)
    assert response.redirect_chain == [(page("write"), 302)]
    context = response.context
    checks = context["checks"]
    assert [finding.phrase for finding in checks.findings] == ["calm down", "just between us"]
    assert [line.said for line in checks.lines] == [
        "Two details of theirs: 2 of 2",
        "Reading age: 5",
        "1 stopped by the wording check",
        "100 to 350 words suit most answers: 7",
    ]
    assert context["saved"] == "11:00"
    assert context["form"]["text"].value() == "Calm down. It stays just between us."
    assert context["form"]["base"].value() == 1


def test_sending_saves_and_moves_on(desk, held, page):
    response = desk.post(page("write"), draft(do="send"))
    assert (response.status_code, response.url) == (302, "/desk/")
    assert Question.objects.get().status == "in_review"
    assert texts() == ([1], ["Hi."])


def test_a_refused_sending_keeps_every_word_and_saves_them(desk, held, page):
    response = desk.post(page("write"), draft("Hi you.", do="send", detail_2="my dad"))
    assert response.status_code == 422
    assert said(response) == [
        f"{picking.TWO} “my dad” does not stand in what they sent.",
    ]
    form = response.context["form"]
    assert [form[name].value() for name in ("text", "detail_1", "detail_2")] == ["Hi you.", "eat lunch alone", "my dad"]
    assert texts() == ([1], ["Hi you."])
    again = draft("Hi you.", base=form["base"].value(), version=form["version"].value(), do="send")
    assert desk.post(page("write"), again).status_code == 302
    assert Question.objects.get().status == "in_review"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"text": ""}, "There is nothing to save yet."),
        ({"text": "x" * 6001}, "This can have 6,000 characters at most. It has 6001."),
        ({"text": "a\0b"}, "Null characters are not allowed."),
        ({"base": "x"}, "Enter a whole number."),
        ({"base": ""}, "This field is required."),
        ({"version": "9" * 30}, "Ensure this value is less than or equal to 2147483647."),
        ({"detail_1": "y" * 201}, "This can have 200 characters at most. It has 201."),
    ],
)
def test_bad_input_is_a_sentence_and_the_words_stay(desk, held, page, typed, sentence):
    sent = draft() | typed
    response = desk.post(page("write"), sent)
    assert (response.status_code, said(response)) == (422, [sentence])
    assert response.context["form"]["text"].value() == sent["text"]
    assert texts() == ([], [])


def test_a_conflict_shows_both_texts_and_mine_can_win(desk, held, page, advisor, now):
    writing.save(question=held, kind="answer", text="Theirs.", details=[], base=0, by=advisor, now=now)
    response = desk.post(page("write"), draft("Mine."))
    assert response.status_code == 409
    assert response.context["theirs"].text == "Theirs."
    form = response.context["form"]
    assert (form["text"].value(), form["base"].value(), form["detail_1"].value()) == ("Mine.", 1, "eat lunch alone")
    desk.post(page("write"), draft("Mine.", base=1))
    assert texts() == ([1, 2], ["Theirs.", "Mine."])


def test_in_a_conflict_the_other_text_can_win_and_mine_is_kept_too(desk, held, page, advisor, now):
    writing.save(question=held, kind="answer", text="Theirs.", details=[], base=0, by=advisor, now=now)
    desk.post(page("write"), draft("Mine.", base=1, do="other"))
    assert texts() == ([1, 2, 3], ["Theirs.", "Mine.", "Theirs."])
    desk.post(page("write"), draft("Theirs.", base=3, do="other", detail_1="", detail_2=""))
    assert texts()[0] == [1, 2, 3]


def test_sending_from_an_old_page_of_the_question_keeps_the_words(desk, held, page):
    response = desk.post(page("write"), draft("Hi.", version=2, do="send"))
    assert response.status_code == 409
    assert said(response) == ["Someone else was a moment faster. Here is how it stands now."]
    assert response.context["form"]["version"].value() == 3
    assert texts() == ([1], ["Hi."])


def test_words_typed_while_the_question_was_taken_away_can_be_copied(desk, held, page, supervisor, now):
    claiming.assign(question=held, to=PersonFactory(), by=supervisor, version=3, now=now)
    response = desk.post(page("write"), draft("Two hours of work."))
    assert response.status_code == 403
    assert (response.context["typed"], response.context["sentence"]) == (
        "Two hours of work.",
        "You no longer hold this question.",
    )
    assert DraftVersion.objects.count() == 0


def test_words_typed_while_signed_out_can_be_copied(client, held, page):
    for name, typed in (("write", {"text": "My words."}), ("hand_back", {"note": "My words."})):
        response = client.post(page(name), typed)
        assert (response.status_code, response.context["typed"]) == (403, "My words.")
        assert reverse("account_login") in response.content.decode()


def test_autosave_answers_with_the_clock_and_the_number(desk, held, page):
    for number, text in enumerate(["Hi.", "Hi, you."], start=1):
        response = desk.post(page("autosave"), draft(text, base=number - 1))
        told = response.json()
        assert (response.status_code, told["saved"], told["version"], told["closed"]) == (200, "11:00", number, "")


def test_autosave_in_conflict_answers_with_both_texts(desk, held, page, advisor, now):
    writing.save(question=held, kind="answer", text="Theirs.", details=[], base=0, by=advisor, now=now)
    response = desk.post(page("autosave"), draft("Mine."))
    assert response.status_code == 409
    assert response.json() == {
        "sentence": "This draft was changed somewhere else while you were writing. Here are both texts."
        " Press Save to choose.",
        "theirs": "Theirs.",
        "version": 1,
        "mine": "Mine.",
    }


def test_autosave_says_in_a_sentence_why_it_did_not(desk, client, held, page, supervisor, now):
    assert desk.post(page("autosave"), draft("")).json() == {"sentence": "There is nothing to save yet."}
    long = desk.post(page("autosave"), draft("x" * 6001))
    assert (long.status_code, long.json()["sentence"]) == (422, "This can have 6,000 characters at most. It has 6001.")
    assert desk.get(page("autosave")).status_code == 405
    claiming.assign(question=held, to=PersonFactory(), by=supervisor, version=3, now=now)
    lost = desk.post(page("autosave"), draft("Hi."))
    assert (lost.status_code, lost.json()) == (422, {"sentence": "You no longer hold this question."})
    client.logout()
    out = client.post(page("autosave"), draft("Hi."))
    assert out.status_code == 403
    assert out.json()["sentence"].startswith("You were signed out before this was saved.")


def test_a_clarifying_question_has_its_own_draft(desk, held, page):
    assert desk.get(page("write")).context["may_ask"] is False
    Contact.objects.create(question=held, email="someone@example.org")
    assert desk.get(page("write")).context["may_ask"] is True
    asked = {"text": "Which year are you in?", "base": 0, "version": 3, "do": "send"}
    assert desk.post(page("ask"), asked).url == "/desk/"
    row = DraftVersion.objects.get()
    assert (row.draft.kind, row.text, Question.objects.get().status) == (
        "clarification",
        "Which year are you in?",
        "in_review",
    )


def test_a_draft_in_review_is_read_only_until_it_is_taken_back(desk, held, page):
    desk.post(page("write"), draft(do="send"))
    response = desk.get(page("write"))
    assert (response.context["may_write"], response.context["is_in_review"]) == (False, True)
    kept = desk.post(page("write"), draft("Too late."))
    assert (kept.status_code, kept.context["typed"]) == (403, "Too late.")
    assert desk.post(page("take_back"), {"version": 3}).status_code == 409
    assert desk.post(page("take_back"), {"version": ""}).status_code == 409
    assert desk.post(page("take_back"), {"version": 4}).url == page("write")
    assert Question.objects.get().status == "in_progress"


def test_hand_back_asks_for_a_note_after_ten_minutes(desk, held, page, clock, now):
    clock.move_to(now + timedelta(minutes=11))
    response = desk.post(page("hand_back"), {"version": 3, "note": ""})
    assert response.status_code == 422
    assert said(response) == ["Leave a line for the next advisor: where you got to and what matters to them."]
    response = desk.post(page("hand_back"), {"version": 3, "note": "n" * 1501})
    assert (response.status_code, response.context["back_form"]["note"].value()) == (422, "n" * 1501)
    assert desk.post(page("hand_back"), {"version": 3, "note": "Ask about lunch."}).url == "/desk/"
    assert (HandoverNote.objects.get().text, Question.objects.get().status) == ("Ask about lunch.", "open")


def test_close_to_me_right_now_needs_no_note(desk, held, page, clock, now):
    clock.move_to(now + timedelta(minutes=11))
    assert "Close to me right now" in desk.get(page("write")).content.decode()
    assert desk.post(page("hand_back"), {"version": 3, "note": "", "too_close": "1"}).url == "/desk/"
    assert Question.objects.get().status == "open"


def test_an_old_page_hands_nothing_back_and_the_note_can_be_copied(desk, held, page):
    response = desk.post(page("hand_back"), {"version": 2, "note": "Ask about lunch."})
    assert (response.status_code, response.context["typed"]) == (409, "Ask about lunch.")
    assert response.context["sentence"] == "Someone else was a moment faster."
    assert Question.objects.get().status == "in_progress"


def test_the_next_advisor_reads_the_note(desk, triaged, advisor, now):
    before, question = PersonFactory(alias="Ana"), triaged()
    claiming.claim(question=question, by=before, version=2, now=now)
    claiming.hand_back(question=question, by=before, version=3, note="Ask about lunch.", now=now)
    claiming.claim(question=question, by=advisor, version=4, now=now)
    notes = desk.get(f"/desk/{question.pk}/write/").context["notes"]
    assert notes == [("Ana", "Mon 16 Nov, 11:00", "Ask about lunch.")]


def test_knowing_the_person_hides_the_text_at_once(desk, held, page):
    assert desk.post(page("recuse")).url == "/desk/"
    assert Recusal.objects.count() == 1
    for name in ("read", "write", "versions"):
        response = desk.get(page(name))
        assert response.status_code == 403
        assert "lunch" not in response.content.decode()


def test_versions_show_what_each_changed_and_one_can_come_back(desk, held, page, advisor, now):
    for number, text in enumerate(["I hear you.", "I really hear you."]):
        writing.save(question=held, kind="answer", text=text, details=[], base=number, by=advisor, now=now)
    shown = desk.get(page("versions")).context["shown"]
    assert (shown.version.number, shown.pieces) == (
        2,
        [("same", "I "), ("add", "really "), ("same", "hear you.")],
    )
    assert desk.get(page("versions"), {"show": "1"}).context["shown"].pieces == [("same", "I hear you.")]
    assert desk.post(page("versions"), {"number": 1, "base": 2}).url == page("write")
    assert texts() == ([1, 2, 3], ["I hear you.", "I really hear you.", "I hear you."])


@pytest.mark.parametrize("show", ["0", "-1", "99", "x", "٣", "9" * 40, "1\0"])
def test_a_version_that_is_not_there_shows_the_newest(desk, held, page, advisor, now, show):
    writing.save(question=held, kind="answer", text="Hi.", details=[], base=0, by=advisor, now=now)
    response = desk.get(page("versions"), {"show": show, "before": show if show != "-1" else "x"})
    assert (response.status_code, response.context["shown"].version.number) == (200, 1)


def test_before_the_first_version_there_is_nothing_to_see(desk, held, page):
    response = desk.get(page("versions"))
    assert (response.status_code, response.context["shown"]) == (200, None)
    assert desk.post(page("versions"), {"number": "x", "base": ""}).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_versions_costs_the_same_for_one_and_for_three(
    desk, held, page, advisor, now, count, django_assert_num_queries
):
    for number in range(count):
        writing.save(question=held, kind="answer", text=f"Hi {number}.", details=[], base=number, by=advisor, now=now)
    desk.get(page("versions"))
    with django_assert_num_queries(8):
        response = desk.get(page("versions"))
    assert len(response.context["listed"].versions) == count


def test_an_advisor_under_18_is_warned_and_then_locked(client, triaged, clock, now):
    young, question = PersonFactory(born_on=date(2010, 3, 1)), triaged()
    claiming.claim(question=question, by=young, version=2, now=now)
    clock.move_to(datetime(2026, 11, 16, 20, 50, tzinfo=UTC))
    client.force_login(young)
    address = f"/desk/{question.pk}/write/"
    assert [client.get(address).context[name] for name in ("curfew", "may_write")] == ["warned", True]
    clock.move_to(datetime(2026, 11, 16, 21, 1, tzinfo=UTC))
    client.force_login(young)
    assert [client.get(address).context[name] for name in ("curfew", "may_write")] == ["locked", False]
    assert client.post(address, draft("Still saved.")).status_code == 302
    assert texts() == ([1], ["Still saved."])


@pytest.mark.parametrize(
    ("name", "leads_to"), [("claim", "read"), ("hand_back", "write"), ("recuse", "read"), ("take_back", "write")]
)
def test_the_address_of_a_button_leads_to_the_page_it_stands_on(desk, page, name, leads_to):
    response = desk.get(page(name))
    assert (response.status_code, response.url) == (302, page(leads_to))
    assert desk.head(page(name)).status_code == 302
    assert desk.put(page(name)).status_code == 405


def test_the_way_to_the_next_one_leads_to_the_desk(desk):
    assert desk.get("/desk/next/").url == "/desk/"


@pytest.mark.parametrize("name", ["read", "write", "ask", "versions"])
def test_pages_ask_the_signed_out_to_sign_in_and_keep_a_manager_out(client, page, clock, name):
    response = client.get(page(name))
    assert (response.status_code, response.url.split("?")[0]) == (302, reverse("account_login"))
    client.force_login(ManagerFactory())
    assert client.get(page(name)).status_code == 403


def test_a_question_that_is_not_there_is_not_found(desk, page):
    assert desk.get("/desk/00000000-0000-4000-8000-000000000000/write/").status_code == 404


def test_once_answered_there_is_nothing_left_to_write(desk, held, page):
    Question.objects.update(status="answered")
    response = desk.get(page("write"))
    assert response.status_code == 403
    assert response.context["sentence"] == "This question has its answer. There is nothing left to write here."


def test_an_author_reads_what_the_supervisor_asked_to_change(desk, held, page, supervisor, now):
    desk.post(page("write"), draft(do="send"))
    version = DraftVersion.objects.get()
    words = {"version": version, "writer": supervisor, "written_at": now}
    Comment.objects.create(paragraph=1, text="Start with what you heard.", **words)
    settled = {"resolved_at": now, "resolved_by": supervisor}
    Comment.objects.create(paragraph=0, text="Fine now.", **settled, **words)
    question = Question.objects.get()
    moves.move(question, states.CHANGES_REQUESTED, by=roles.supervisor(supervisor), now=now)
    response = desk.get(page("write"))
    assert response.context["remarks"] == [(1, 1, "Ruth", "Start with what you heard.")]
    assert (response.context["may_write"], response.context["may_send"]) == (True, True)
