from datetime import date, timedelta

import pytest
import time_machine

from askpeer import prose, receipts
from questions import answering, erasing, moves, states
from questions.models import Feedback, LockedNote, Message, Question, Round
from questions.moves import Actor
from questions.publication import consenting, publishing
from questions.publication.models import Consent, Publication
from tests.factories import NOW, LeadFactory, SupervisorFactory, make_question
from tests.questions.publication.shelf import LATER, TEXTS, edited, published

pytestmark = pytest.mark.django_db
ADVISOR = Actor(states.ADVISOR, "person:a")
SUPERVISOR = Actor(states.SUPERVISOR, "person:s")
UNKNOWN = {
    "type": "/api/v1/docs/#unknown-receipt",
    "title": "Receipt opens nothing",
    "status": 404,
    "detail": "Those words don't open anything. Check the spelling. Old questions are erased.",
}
WITH_RECEIPT = {
    "questions/read/": {},
    "questions/reply/": {"text": "Only on Mondays."},
    "questions/follow-up/": {"text": "And now?"},
    "questions/feedback/": {"felt_heard": True},
    "questions/consent/": {"choice": "yes"},
    "questions/erase/": {},
}
READING = 5  # queries: the key, the question, its round, what was said, a locked note
NEVER_ASKED = {"offered": False, "choice": None, "shown": None}
BEFORE_THE_ANSWER = {
    "en": "You can choose this once your answer is here.",
    "nl": "Je kan dit kiezen als je antwoord er is.",
}


@pytest.fixture
def receipt():
    return receipts.draw()


@pytest.fixture
def asked(partner, receipt):
    return make_question(receipt=receipt, partner=partner, text="I eat my lunch alone.")


def to_review(question):
    for to, by in (("open", SUPERVISOR), ("in_progress", ADVISOR), ("in_review", ADVISOR)):
        moves.move(question, to, by=by, now=NOW)


def deliver(question):
    to_review(question)
    text = "That sounds **lonely**."
    digest = prose.digest(text, key=question.key())
    answering.deliver(question, kind="answer", text=text, digest=digest, to="answered", by=SUPERVISOR, now=NOW)


@pytest.fixture
def answered(asked):
    deliver(asked)
    return asked


@pytest.fixture
def ask_more(api, receipt):
    """Follows up, and has its answer."""

    def go_on():
        assert api.post("questions/follow-up/", {"receipt": receipt, "text": "And now?"}).status_code == 201
        deliver(Question.objects.get())

    return go_on


@pytest.fixture
def consent(api, receipt):
    """Sends a choice; gives back the status of the answer."""
    return lambda choice, **more: (
        api.post("questions/consent/", {"receipt": receipt, "choice": choice} | more).status_code
    )


@pytest.fixture
def consent_read(api, receipt):
    """What reading says of consent."""
    return lambda: api.post("questions/read/", {"receipt": receipt}).json()["consent"]


@pytest.fixture
def waiting(partner, receipt):
    question = make_question(receipt=receipt, partner=partner, email="someone@example.org")
    to_review(question)
    digest = prose.digest("Which days?", key=question.key())
    answering.pause(question, text="Which days?", digest=digest, by=SUPERVISOR, now=NOW)
    return question


def test_a_new_question_reads_as_its_own_page_says(api, asked, receipt):
    response = api.post("questions/read/", {"receipt": receipt})
    assert (response.status_code, response.json()) == (
        200,
        {
            "id": str(asked.pk),
            "status": "new",
            "status_text": "We've got your question. We promised you an answer by 6pm on Thursday 19 November.",
            "promised_at": "2026-11-19T18:00:00Z",
            "due_at": "2026-11-19T18:00:00Z",
            "late": False,
            "redated_at": None,
            "messages": [
                {
                    "kind": "question",
                    "voice": "asker",
                    "text": "I eat my lunch alone.",
                    "html": "",
                    "at": "2026-11-16T11:00:00Z",
                    "round": 1,
                    "cards": [],
                    "timeline": [],
                }
            ],
            "answer": None,
            "follow_ups_left": 2,
            "consent": NEVER_ASKED,
            "locked_note_until": None,
            "safety": None,
            "outside": None,
        },
    )


def test_a_locked_note_is_told_of_before_the_question_is_erased(api, asked, receipt):
    note = {"words": "Kept.", "reason": "Why.", "made_by": LeadFactory(), "made_at": NOW, "last_day": date(2027, 2, 28)}
    LockedNote.objects.create(about=asked, **note)
    assert api.post("questions/read/", {"receipt": receipt}).json()["locked_note_until"] == "2027-02-28"
    assert api.post("questions/erase/", {"receipt": receipt}).status_code == 200
    assert LockedNote.objects.get().words == "Kept."


def test_an_answer_comes_as_words_and_as_safe_html(api, answered, receipt):
    body = api.post("questions/read/", {"receipt": receipt}).json()
    assert (body["status"], body["status_text"]) == ("answered", "Your answer is here.")
    assert (body["answer"]["text"], body["answer"]["html"], body["answer"]["voice"]) == (
        "That sounds **lonely**.",
        "<p>That sounds <strong>lonely</strong>.</p>\n",
        "advisor",
    )
    assert body["messages"][-1] == body["answer"]


def test_a_broken_promise_is_told(api, asked, receipt):
    with time_machine.travel(NOW + timedelta(days=4), tick=False):
        body = api.post("questions/read/", {"receipt": receipt}).json()
    assert (body["late"], body["status_text"][:36]) == (True, "We said 6pm on Thursday 19 November.")


def test_the_new_date_of_a_broken_promise_stands_beside_the_sentence_that_names_it(api, asked, receipt):
    Round.objects.update(redated_at=NOW + timedelta(days=7))
    with time_machine.travel(NOW + timedelta(days=4), tick=False):
        body = api.post("questions/read/", {"receipt": receipt}).json()
    assert (body["promised_at"], body["redated_at"]) == ("2026-11-19T18:00:00Z", "2026-11-23T11:00:00Z")
    assert body["status_text"].endswith("It'll be here by 11am on Monday 23 November.")


def test_the_receipt_may_come_in_the_header_in_any_case(api, asked, receipt):
    response = api.post("questions/read/", {}, Askpeer_Receipt=receipt.upper().replace(" ", "-"))
    assert response.json()["id"] == str(asked.pk)


@pytest.mark.parametrize("path", WITH_RECEIPT)
def test_without_a_receipt_the_field_is_named(api, path):
    response = api.post(path, WITH_RECEIPT[path])
    assert (response.status_code, response.json()["errors"]) == (
        422,
        [{"field": "receipt", "detail": "Send the six words here, or in the Askpeer-Receipt header."}],
    )


@pytest.mark.parametrize("path", WITH_RECEIPT)
def test_six_words_in_the_address_are_not_read(api, answered, receipt, path):
    response = api.post(f"{path}?receipt={receipt.replace(' ', '+')}", WITH_RECEIPT[path])
    assert (response.status_code, [error["field"] for error in response.json()["errors"]]) == (422, ["receipt"])


@pytest.mark.parametrize("path", WITH_RECEIPT)
def test_unknown_erased_anothers_the_sites_own_and_a_buttons_are_answered_alike_byte_for_byte(
    api, other, answered, receipt, path, settings, tmp_path
):
    settings.LEDGER = tmp_path / "erased.txt"
    on_the_site, gone, by_button = receipts.draw(), receipts.draw(), receipts.draw()
    make_question(receipt=on_the_site)
    make_question(receipt=by_button, partner=answered.partner, by_button=True)
    make_question(receipt=gone, partner=answered.partner)
    api.post("questions/erase/", {"receipt": gone})
    callers = [(api, words) for words in (receipts.draw(), "not six words", on_the_site, gone, by_button)]
    callers += [(other, receipt), (other, by_button)]
    responses = [caller.post(path, WITH_RECEIPT[path] | {"receipt": words}) for caller, words in callers]
    assert {response.status_code for response in responses} == {404}
    assert responses[0].json() == UNKNOWN
    assert {response.content for response in responses} == {responses[0].content}
    assert Question.objects.exclude(status="withdrawn").count() == 3


def test_a_follow_up_begins_the_next_round_with_a_new_promise(api, answered, receipt):
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        response = api.post("questions/follow-up/", {"receipt": receipt, "text": "And now?", "someone_else": True})
    assert (response.status_code, response.json()) == (
        201,
        {
            "id": str(answered.pk),
            "status": "new",
            "promised_at": "2026-11-20T18:00:00Z",
            "safety": None,
            "outside": None,
        },
    )
    assert Round.objects.count() == 2
    assert Message.objects.get(kind="follow_up").text == "And now?"


def test_reading_says_how_many_follow_ups_are_left(api, answered, receipt, ask_more):
    def left():
        return api.post("questions/read/", {"receipt": receipt}).json()["follow_ups_left"]

    found = [left()]
    for _ in range(states.FOLLOW_UPS):
        ask_more()
        found.append(left())
    assert found == [2, 1, 0]
    assert api.post("questions/follow-up/", {"receipt": receipt, "text": "And now?"}).status_code == 422


def test_a_follow_up_before_the_answer_is_refused(api, asked, receipt):
    response = api.post("questions/follow-up/", {"receipt": receipt, "text": "And now?"})
    assert (response.status_code, response.json()["type"]) == (422, "/api/v1/docs/#refused")
    assert Round.objects.count() == 1


def test_a_reply_goes_to_the_advisor_who_asked(api, waiting, receipt):
    assert api.post("questions/read/", {"receipt": receipt}).json()["messages"][-1]["text"] == "Which days?"
    response = api.post("questions/reply/", {"receipt": receipt, "text": "Only on Mondays."})
    assert (response.status_code, response.json()["status"]) == (200, "in_progress")
    assert Message.objects.get(kind="reply").text == "Only on Mondays."


def test_feedback_is_kept(api, answered, receipt):
    response = api.post(
        "questions/feedback/", {"receipt": receipt, "felt_heard": True, "knew_checked": None, "words": "Thanks."}
    )
    assert (response.status_code, response.content) == (204, b"")
    row = Feedback.objects.get()
    assert (row.felt_heard, row.next_step, row.knew_checked, row.words) == (True, None, None, "Thanks.")


def test_feedback_before_the_answer_is_refused(api, asked, receipt):
    response = api.post("questions/feedback/", {"receipt": receipt, "felt_heard": True})
    assert (response.status_code, response.json()["type"]) == (422, "/api/v1/docs/#refused")


@pytest.mark.parametrize("number", [{}, {"round": 1}])
def test_consent_is_for_the_answered_round(api, answered, receipt, number):
    response = api.post("questions/consent/", {"receipt": receipt, "choice": "yes"} | number)
    assert (response.status_code, response.content) == (204, b"")
    consent = Consent.objects.get()
    assert (consent.choice, consent.round.number) == ("yes", 1)


@pytest.mark.parametrize("number", [{}, {"round": 1}, {"round": 2}])
@pytest.mark.parametrize("language", BEFORE_THE_ANSWER)
def test_consent_before_the_answer_is_refused_in_a_sentence_about_publishing(
    api, asked, receipt, dutch_offered, number, language
):
    sent = {"receipt": receipt, "choice": "yes"} | number
    response = api.post("questions/consent/", sent, Accept_Language=language)
    assert (response.status_code, response.json()["type"]) == (422, "/api/v1/docs/#refused")
    assert response.json()["detail"] == BEFORE_THE_ANSWER[language]
    assert Consent.objects.count() == 0


def test_consent_without_a_round_is_for_the_last_that_was_answered(api, answered, receipt):
    api.post("questions/follow-up/", {"receipt": receipt, "text": "And now?"})
    assert api.post("questions/consent/", {"receipt": receipt, "choice": "yes"}).status_code == 204
    assert Consent.objects.get().round.number == 1


def test_with_the_answer_consent_is_offered_and_the_choice_is_told(answered, consent, consent_read):
    found = [consent_read()]
    for choice in ("yes", "no", "show_me"):
        assert consent(choice) == 204
        found.append(consent_read())
    assert found == [{"offered": True, "choice": choice, "shown": None} for choice in (None, "yes", "no", "show_me")]


@pytest.mark.parametrize(
    "values",
    [{"age_band": "11-12"}, {"age_band": None}, {"level": "red"}, {"about_staff": True}, {"quarantined": True}],
)
def test_what_is_never_published_is_never_offered(answered, consent_read, values):
    Question.objects.update(**values)
    assert consent_read() == NEVER_ASKED


def test_whoever_chose_before_it_turned_red_may_still_take_it_back(answered, consent, consent_read):
    consent("yes")
    Question.objects.update(level="red")
    assert consent_read() == {"offered": True, "choice": "yes", "shown": None}
    assert (consent("no"), consent_read()["choice"]) == (204, "no")


def test_the_text_they_wanted_to_see_first_waits_to_be_read_until_they_choose(answered, consent, consent_read):
    consent("show_me")
    edited(Publication.objects.get(), title="Lunch", question_text="Alone.", answer_text="Ask **one**.")
    shown = {"version": 2, "title": "Lunch", "question": "Alone.", "answer": "Ask **one**."}
    assert consent_read() == {"offered": True, "choice": "show_me", "shown": shown}
    assert consent("yes", version=2) == 204
    assert consent_read() == {"offered": True, "choice": "yes", "shown": None}


def test_words_changed_after_the_yes_wait_for_another(answered, consent, consent_read):
    consent("show_me")
    publication = edited(Publication.objects.get())
    consent("yes", version=publication.version)
    edited(publication, title="Dinner")
    found = consent_read()
    assert (found["choice"], found["shown"]["title"], found["shown"]["version"]) == ("yes", "Dinner", 3)
    assert consent("yes", version=3) == 204
    assert consent_read()["shown"] is None


def test_what_stands_in_the_library_waits_for_nothing(answered, consent, consent_read):
    consent("yes")
    publication = edited(Publication.objects.get())
    publishing.publish(publication=publication, version=publication.version, by=SupervisorFactory(), now=LATER)
    assert consent_read() == {"offered": True, "choice": "yes", "shown": None}


def test_a_yes_without_a_round_is_for_the_text_that_was_read_whatever_was_answered_since(
    answered, consent, consent_read, ask_more
):
    consent("show_me")
    publication = edited(Publication.objects.get())
    ask_more()
    shown = consent_read()["shown"]
    assert (shown["version"], shown["title"]) == (2, TEXTS["title"])
    assert consent("yes", version=2) == 204
    assert consenting.holds(publication) is True


def test_a_no_without_a_round_is_for_every_answer(answered, consent, ask_more):
    consent("yes")
    ask_more()
    consent("yes", round=2)
    assert consent("no") == 204
    assert list(Publication.objects.values_list("status", flat=True)) == ["unpublished", "unpublished"]


def test_a_no_to_one_round_leaves_the_others(answered, consent, ask_more):
    consent("yes")
    ask_more()
    consent("yes", round=2)
    assert consent("no", round=2) == 204
    status = dict(Publication.objects.values_list("round_number", "status"))
    assert status == {1: "candidate", 2: "unpublished"}


@pytest.mark.parametrize(
    ("choice", "is_written", "queries"), [("", False, 3), ("yes", False, 2), ("show_me", True, 3), ("yes", True, 4)]
)
def test_consent_costs_reading_nothing_before_the_answer_and_after_it_what_its_state_needs(
    api, asked, receipt, consent, choice, is_written, queries, django_assert_num_queries
):
    def read():
        return api.post("questions/read/", {"receipt": receipt})

    read()
    with django_assert_num_queries(READING):
        read()
    deliver(Question.objects.get())
    if choice:
        consent(choice)
    if is_written:
        edited(Publication.objects.get())
    read()  # how long an answer is kept is read once in a while by each process
    with django_assert_num_queries(READING + queries):
        read()


def test_a_yes_names_one_text_of_the_question_and_no_other(answered, consent, consent_read, ask_more):
    consent("show_me")
    ask_more()
    consent("show_me", round=2)
    first, second = Publication.objects.order_by("round_number")
    for title in ("One", "One, better"):
        edited(first, title=title)
        first.refresh_from_db()
    seen = consent_read()["shown"]
    edited(second, title="Never seen")
    assert (seen["title"], consent("yes", version=seen["version"])) == ("One, better", 409)
    assert not any(consenting.holds(one) for one in Publication.objects.all())


def test_a_text_that_waits_is_shown_also_where_a_later_one_has_its_yes(answered, consent, consent_read, ask_more):
    consent("show_me")
    ask_more()
    consent("show_me", round=2)
    first, second = Publication.objects.order_by("round_number")
    edited(second, title="Later")
    consent("yes", version=consent_read()["shown"]["version"], round=2)
    assert consent_read()["shown"] is None
    edited(first, title="Earlier")
    assert consent_read()["shown"]["title"] == "Earlier"


def test_a_yes_to_no_text_is_for_the_newest_answer_where_the_text_there_is_has_its_yes(
    answered, consent, consent_read, ask_more
):
    consent("show_me")
    edited(Publication.objects.get())
    consent("yes", version=consent_read()["shown"]["version"])
    ask_more()
    assert consent("yes") == 204
    assert list(Consent.objects.order_by("id").values_list("round__number", "choice"))[-1] == (2, "yes")


def test_a_show_me_takes_off_what_is_public_also_where_there_is_a_newer_answer(answered, consent, ask_more):
    consent("yes")
    edited(Publication.objects.get())
    row = Publication.objects.get()
    publishing.publish(publication=row, version=row.version, by=SupervisorFactory(), now=LATER)
    ask_more()
    assert consent("show_me") == 204
    assert Publication.objects.get().status == "anonymised"


@pytest.mark.parametrize(
    "change", [{"level": "red"}, {"about_staff": True}, {"quarantined": True}, {"age_band": "11-12"}]
)
@pytest.mark.parametrize("choice", ["show_me", "yes"])
def test_what_may_never_be_published_any_more_is_shown_to_nobody(answered, consent, consent_read, change, choice):
    consent(choice)
    edited(Publication.objects.get())
    assert consent_read()["shown"] is not None or choice == "yes"
    Question.objects.update(**change)
    assert consent_read() == {"offered": True, "choice": choice, "shown": None}  # it can be taken back
    assert consent("no") == 204


def test_consent_taken_back_takes_the_copy_down(api, answered, receipt):
    for choice in ("yes", "no"):
        api.post("questions/consent/", {"receipt": receipt, "choice": choice})
    assert Publication.objects.get().status == "unpublished"


def test_a_yes_is_for_the_text_that_was_shown(api, answered, receipt):
    api.post("questions/consent/", {"receipt": receipt, "choice": "show_me"})
    publication = edited(Publication.objects.get(), title="Lunch", question_text="Alone.", answer_text="Ask **one**.")
    yes = {"receipt": receipt, "choice": "yes"}
    unseen, old = api.post("questions/consent/", yes), api.post("questions/consent/", yes | {"version": 1})
    shown = {"version": 2, "title": "Lunch", "question": "Alone.", "answer": "Ask **one**."}
    assert [response.status_code for response in (unseen, old)] == [409, 409]
    assert (unseen.json()["type"], unseen.json()["shown"], old.json()["shown"]) == (
        "/api/v1/docs/#moved-on",
        shown,
        shown,
    )
    assert consenting.holds(publication) is False
    assert api.post("questions/consent/", yes | {"version": 2}).status_code == 204
    assert consenting.holds(publication) is True


def test_a_version_of_a_text_that_is_not_there_is_moved_on_with_nothing_to_show(api, answered, receipt):
    response = api.post("questions/consent/", {"receipt": receipt, "choice": "yes", "version": 3})
    assert (response.status_code, sorted(response.json())) == (409, ["detail", "status", "title", "type"])
    assert Consent.objects.count() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"choice": "maybe"},
        {},
        {"choice": "yes", "round": 0},
        {"choice": "yes", "round": "x"},
        {"choice": "yes", "version": 0},
        {"choice": "yes", "version": "x"},
    ],
)
def test_consent_that_cannot_be_understood_is_refused(api, answered, receipt, wrong):
    response = api.post("questions/consent/", {"receipt": receipt} | wrong)
    assert (response.status_code, len(response.json()["errors"])) == (422, 1)
    assert Consent.objects.count() == 0


def test_erasing_says_so_once_and_then_the_receipt_opens_nothing(api, answered, receipt, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    response = api.post("questions/erase/", {"receipt": receipt})
    assert (response.status_code, response.json()) == (
        200,
        {
            "id": str(answered.pk),
            "status": "withdrawn",
            "status_text": "Your question has been erased. We can't get it back. You can always ask a new one.",
        },
    )
    assert api.post("questions/erase/", {"receipt": receipt}).json() == UNKNOWN


def test_erasing_takes_an_answer_down_that_outlived_its_question(api, partner, receipt, settings, tmp_path, calendar):
    settings.LEDGER = tmp_path / "erased.txt"
    publication = published(receipt=receipt, partner=partner)
    erasing.erase(publication.question, by=moves.SERVICE, now=LATER)
    response = api.post("questions/erase/", {"receipt": receipt})
    assert (response.status_code, response.json()) == (404, UNKNOWN)
    assert Publication.objects.get().status == "unpublished"


def test_nothing_is_erased_where_the_ledger_cannot_be_written(api, answered, receipt, settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.LEDGER = tmp_path / "file" / "erased.txt"
    response = api.post("questions/erase/", {"receipt": receipt})
    assert (response.status_code, response.json()["detail"]) == (503, "Nothing was changed. Try again in a minute.")
    assert Question.objects.get().status == "answered"


@pytest.mark.parametrize("path", WITH_RECEIPT)
def test_a_receipt_takes_a_few_queries_whatever_hangs_on_it(api, path, django_assert_max_num_queries):
    with django_assert_max_num_queries(4 if "erase" in path else 3):
        api.post(path, WITH_RECEIPT[path] | {"receipt": receipts.draw()})
