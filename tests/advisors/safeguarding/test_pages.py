"""The safeguarding pages through the door a browser uses; the verbs have their own tests."""

from datetime import timedelta

import pytest

from advisors.drafting import claiming
from advisors.safeguarding.models import Concern, Entry
from questions import erasing, moves
from questions.models import LockedNote, Question
from tests.advisors.safeguarding.conftest import ENTRY, SAID, signed_in

pytestmark = pytest.mark.django_db
SENT = {name: value for name, value in ENTRY.items() if value is not None}


def case(question):
    return f"/review/safeguarding/{question.pk}/"


def test_a_supervisor_finds_the_log_from_triage_and_writes_in_it(question, ruth, lead, noon):
    browser = signed_in(ruth)
    assert f'href="{case(question)}"' in browser.get(f"/review/{question.pk}/triage/").content.decode()
    assert "Your entry opens the case" in browser.get(case(question)).content.decode()
    answer = browser.post(case(question), SENT | {"next_check_at": "2026-11-17T09:30", "told": "Her aunt."})
    assert answer.url == case(question)
    entry = Entry.objects.get()
    assert (entry.words, entry.told, entry.next_check_at.isoformat()) == (
        "He has a key.",
        "Her aunt.",
        "2026-11-17T09:30:00+00:00",
    )


@pytest.mark.parametrize(
    "wrong",
    [{"words": "w" * 3001}, {"ground": "a hunch"}, {"next_check_at": "soon"}, {"next_check_at": "2026-11-16T10:00"}],
)
def test_what_will_not_do_comes_back_with_every_word(question, ruth, noon, wrong):
    answer = signed_in(ruth).post(case(question), SENT | {"decision": "Tell her school."} | wrong)
    page = answer.content.decode()
    assert (answer.status_code, "There is a problem" in page, "Tell her school." in page) == (422, True, True)
    assert ((wrong.get("words") or "He has a key.") in page, Entry.objects.count()) == (True, 0)


def test_words_typed_after_signing_out_are_given_back(question, client):
    answer = client.post(case(question), SENT | {"told": "Her aunt."})
    page = answer.content.decode()
    assert (answer.status_code, [text in page for text in (ENTRY["words"], ENTRY["decision"], "Her aunt.")]) == (
        403,
        [True] * 3,
    )


def test_recused_meanwhile_the_words_are_given_back(question, ruth, lead, noon, now):
    claiming.recuse(question=question, by=ruth, now=now)
    answer = signed_in(ruth).post(case(question), SENT)
    assert (answer.status_code, "He has a key." in answer.content.decode()) == (403, True)
    assert Entry.objects.count() == 0


def test_the_lead_reads_the_whole_case(record, question, ruth, lead, noon, now):
    record(by=ruth, words="<b>He</b> has a key.", next_check_at=now + timedelta(days=1))
    page = signed_in(lead).get(case(question)).content.decode()
    for text in ("&lt;b&gt;He&lt;/b&gt; has a key.", "Next check Tue 17 Nov, 11:00.", "14 February 2027", SAID):
        assert text in page


def test_an_erased_question_keeps_its_case_page(record, question, ruth, lead, noon, now):
    record(by=ruth)
    erasing.erase(Question.objects.get(), by=moves.ASKER, now=now)
    browser = signed_in(lead)
    page = browser.get(case(question)).content.decode()
    assert ("Erased by its asker" in page, "He has a key." in page, "contact/" in page) == (True, True, False)
    assert "Erased by its asker" in browser.get("/review/safeguarding/").content.decode()
    assert browser.post(case(question), SENT).url == case(question)
    assert signed_in(ruth).get(case(question)).status_code == 403


def test_the_manager_reads_and_writes_nothing(record, question, lead, manager, noon):
    record(by=lead)
    browser = signed_in(manager)
    assert b"/manage/safeguarding/" in browser.get("/manage/people/").content
    listed = browser.get("/manage/safeguarding/").content.decode()
    assert f"/manage/safeguarding/{question.pk}/" in listed
    page = browser.get(f"/manage/safeguarding/{question.pk}/").content.decode()
    assert ("He has a key." in page, SAID in page, "Write it in the log" in page) == (True, False, False)
    assert browser.post(f"/manage/safeguarding/{question.pk}/", SENT).status_code == 405
    for path in ("/review/safeguarding/", case(question), f"{case(question)}contact/"):
        assert browser.get(path).status_code == 403


def test_a_case_about_staff_is_on_no_page_of_the_managers(record, about_staff, lead, manager, noon):
    record(by=lead, question=about_staff)
    browser = signed_in(manager)
    assert str(about_staff.pk) not in browser.get("/manage/safeguarding/").content.decode()
    for page in (f"/manage/safeguarding/{about_staff.pk}/", f"/manage/safeguarding/{about_staff.pk}/question/"):
        assert browser.post(page, {"reason": "Why."}).status_code in {403, 405, 422}
        assert b"He has a key." not in browser.get(page).content


@pytest.mark.parametrize("who", ["advisor", "manager"])
def test_the_pages_of_review_are_shut_to_others(request, record, question, ruth, who, noon):
    record(by=ruth)
    browser = signed_in(request.getfixturevalue(who))
    for path in ("", "keep/", "let-go/", "contact/", "person/"):
        assert browser.post(case(question) + path, SENT).status_code == 403
    assert LockedNote.objects.count() == 1


def test_the_duty_page_shows_what_waits(record, held, question, advisor, ruth, lead, noon, now):
    record(by=lead, next_check_at=now + timedelta(seconds=1), now=now)
    Concern.objects.create(round=held.round, kind="safety", words="He has a key, she says.", by=advisor, at=now)
    noon.shift(timedelta(minutes=1))
    page = signed_in(lead).get("/review/").content.decode()
    assert ("Safeguarding checks overdue" in page, "He has a key, she says." in page) == (True, True)
    assert page.index("Safeguarding checks overdue") < page.index("Advisors are worried")
    other = signed_in(ruth).get("/review/").content.decode()
    assert ("Safeguarding checks overdue" in other, "He has a key, she says." in other) == (False, True)


def test_a_concern_is_settled_from_the_duty_page(held, advisor, ruth, noon, now):
    concern = Concern.objects.create(round=held.round, kind="safety", words="A key.", by=advisor, at=now)
    where = f"/review/safeguarding/concerns/{concern.pk}/settle/"
    browser = signed_in(ruth)
    assert browser.get(where).url == "/review/triage/"
    assert browser.post(where).url == f"/review/{held.pk}/triage/"
    assert browser.post(where).status_code == 409
    assert b"A key." not in browser.get("/review/").content


def test_the_workspace_has_the_three_concerns(held, advisor, noon):
    page = signed_in(advisor).get(f"/desk/{held.pk}/write/").content.decode()
    assert page.count(f'action="/desk/{held.pk}/concern/"') == 3
