"""The workspace while somebody writes: the checks come with each save, and the desk closes at night for the young."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from advisors.drafting import claiming
from advisors.drafting.models import Draft, DraftVersion
from questions.models import Contact, Question, Signpost
from tests.factories import PersonFactory, TopicFactory

pytestmark = pytest.mark.django_db
DETAILS = {"detail_1": "eat lunch alone", "detail_2": "My dad"}
BLOCKED = "It stays just between us."
NIGHT = datetime(2026, 11, 16, 21, 1, tzinfo=UTC)


@pytest.fixture
def page(held):
    return lambda name: reverse(f"desk:{name}", args=[held.pk])


def draft(text="Hi.", *, base=0, version=3, **more):
    return {"text": text, "base": base, "version": version} | DETAILS | more


def texts():
    return [row.text for row in DraftVersion.objects.all()]


def said(response):
    return [sentence for sentences in response.context["form"].errors.values() for sentence in sentences]


def test_autosave_brings_the_checks_of_what_was_just_saved(desk, page):
    told = desk.post(page("autosave"), draft(BLOCKED)).json()
    assert (told["summary"], told["blocked"]) == ("1 of 4 checks done. The wording check stops it.", True)
    assert "“My dad”: not found in what they sent: check the spelling." in told["checks"]
    assert "“just between us”" in told["checks"]
    told = desk.post(page("autosave"), draft("Hi.", base=1, detail_2="my mum")).json()
    assert (told["summary"], told["blocked"]) == ("3 of 4 checks done.", False)


def test_the_page_and_autosave_show_the_same_panel(desk, page):
    told = desk.post(page("autosave"), draft("Hi <b>you</b>.", detail_2="<i>")).json()
    assert told["checks"] in desk.get(page("write")).content.decode()
    assert "“&lt;i&gt;”" in told["checks"]


def test_a_clarifying_question_has_its_own_checks(desk, held, page):
    Contact.objects.create(question=held, email="someone@example.org")
    told = desk.post(page("autosave_ask"), {"text": "Which year are you in?", "base": 0, "version": 3}).json()
    assert told["summary"] == "2 of 2 checks done."


def test_only_the_summary_is_read_aloud_not_the_panel(desk, page):
    told = desk.post(page("autosave"), draft(BLOCKED)).json()
    assert ("status" in told["checks"], "aria-live" in told["checks"]) == (False, False)
    html = desk.get(page("write")).content.decode()
    assert html.count('<p class="vh" role="status" data-summary></p>\n<div data-checks>') == 1


@pytest.mark.parametrize("count", [1, 3])
def test_autosave_costs_the_same_for_one_service_and_for_three(
    desk, triaged, advisor, now, count, django_assert_num_queries
):
    topic = TopicFactory()
    for number in range(count):
        row = Signpost.objects.create(slug=f"s{number}", name="x", summary="x")
        row.topics.set([topic])
    question = triaged(topic=topic)
    claiming.claim(question=question, by=advisor, version=2, now=now)
    with django_assert_num_queries(21):
        assert desk.post(f"/desk/{question.pk}/autosave/", draft()).status_code == 200


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ("x" * 200_000, 422),
        ("a\0b", 422),
        ("[x](javascript:alert(1)) " * 3, 200),
        ("\u202egnp.exe\u2066", 200),
        ("[" * 6000, 200),
        ("<script>alert(1)</script>", 200),
    ],
)
def test_hostile_words_are_refused_with_a_sentence_or_kept_and_never_run(desk, page, typed, status):
    told = desk.post(page("autosave"), draft(typed))
    assert told.status_code == status
    assert "<script" not in told.content.decode().replace("\\u003C", "<")
    shown = desk.post(page("write"), draft(typed, base=int(status == 200), do="send"))
    assert (shown.status_code, shown.context["form"]["text"].value()) == (422, typed)
    assert len(said(shown)) == 1
    assert Question.objects.get().status == "in_progress"


def test_a_link_that_would_be_taken_out_is_not_sent(desk, page):
    response = desk.post(page("write"), draft("[x](javascript:alert)", detail_2="My mum", do="send"))
    stopped = "The wording check stops this draft. Only links that begin with https:// reach them."
    assert said(response) == [f"{stopped} We would take this one out."]


def test_stopped_words_can_be_sent_with_a_reason(desk, page):
    first = desk.get(page("write")).content.decode()
    assert "<div data-insist hidden>" in first
    refused = desk.post(page("write"), draft(BLOCKED, detail_2="My mum", do="send"))
    assert (refused.status_code, "<div data-insist>" in refused.content.decode()) == (422, True)
    sent = draft(BLOCKED, base=1, detail_2="My mum", do="send", insist="Their words.")
    assert desk.post(page("write"), sent).url == "/desk/"
    assert (Draft.objects.get().insisted, Question.objects.get().status) == ("Their words.", "in_review")
    assert len(texts()) == 1


def test_a_reason_and_sources_come_back_with_the_draft_and_after_a_refusal(desk, page):
    typed = {"insist": "Their words.", "sources": "nhs.uk"}
    desk.post(page("write"), draft(BLOCKED, **typed))
    form = desk.get(page("write")).context["form"]
    assert {name: form[name].value() for name in typed} == typed
    long = {"insist": "x" * 301, "sources": "y" * 1001}
    refused = desk.post(page("write"), draft(BLOCKED, base=1, **long))
    assert said(refused) == [
        "This can have 300 characters at most. It has 301.",
        "This can have 1,000 characters at most. It has 1001.",
    ]
    assert {name: refused.context["form"][name].value() for name in long} == long


def test_a_conflict_carries_sources_and_reason(desk, page):
    desk.post(page("write"), draft("Theirs.", sources="A."))
    response = desk.post(page("write"), draft("Mine.", sources="B.", insist="Mine too."))
    form = response.context["form"]
    assert (response.status_code, form["sources"].value(), form["insist"].value()) == (409, "B.", "Mine too.")
    desk.post(page("write"), draft("Mine.", base=1, sources="B."))
    assert [(row.text, row.sources) for row in DraftVersion.objects.all()] == [("Theirs.", "A."), ("Mine.", "B.")]


def test_sources_and_reason_typed_while_signed_out_can_be_copied(client, page):
    response = client.post(page("write"), draft("Hi.", sources="nhs.uk", insist="Their words."))
    assert (response.status_code, response.context["typed"]) == (403, "Hi.\n\nnhs.uk\n\nTheir words.")


def test_an_empty_draft_says_that_there_is_nothing_to_send(desk, page):
    response = desk.post(page("write"), draft(" \n", do="send"))
    assert (response.status_code, said(response)) == (422, ["There is nothing to send yet."])
    assert response.context["form"]["detail_1"].value() == "eat lunch alone"


def test_refused_again_and_again_it_stays_one_version(desk, page):
    base = 0
    for _ in range(3):
        response = desk.post(page("write"), draft("Hi you. \r\n", base=base, do="send", sources="nhs.uk "))
        assert response.status_code == 422
        base = response.context["form"]["base"].value()
    assert texts() == ["Hi you."]


@pytest.fixture
def young(client, triaged, clock, now):
    """The page of a question that an advisor under 18 holds, at a minute past nine in the evening."""
    person, question = PersonFactory(born_on=date(2010, 3, 1)), triaged()
    claiming.claim(question=question, by=person, version=2, now=now)
    clock.move_to(NIGHT)
    client.force_login(person)
    return lambda name: f"/desk/{question.pk}/{name}/"


def test_an_autosave_that_arrives_late_is_kept_once_and_says_that_the_desk_is_closed(client, young):
    told = client.post(young("autosave"), draft("Typed before nine.")).json()
    assert (told["saved"], told["closed"]) == ("21:01", "It's late, so writing is closed until 7 in the morning.")
    again = client.post(young("autosave"), draft("Typed after nine.", base=1))
    assert (again.status_code, again.json()["sentence"]) == (
        422,
        "It's late, so writing is closed until 7 in the morning. What you saved before is safe.",
    )
    assert texts() == ["Typed before nine."]
    shown = client.get(young("write"))
    assert (shown.context["may_write"], "Typed before nine." in shown.content.decode()) == (False, True)


def test_without_scripts_a_late_save_is_kept_once_and_what_comes_after_can_be_copied(client, young):
    page = client.post(young("write"), draft("Typed before nine."), follow=True).content.decode()
    assert "Saved 21:01. It&#x27;s late, so writing is closed until 7 in the morning." in page
    late = client.post(young("write"), draft("Typed after nine.", base=1))
    assert (late.status_code, late.context["typed"]) == (403, "Typed after nine.")
    assert texts() == ["Typed before nine."]


def test_at_night_the_versions_can_be_read_and_none_made_the_newest(client, young, clock):
    client.post(young("write"), draft("One."))
    clock.move_to(NIGHT.replace(day=17, hour=8))
    client.force_login(Question.objects.get().holder)
    client.post(young("write"), draft("Two.", base=1))
    clock.move_to(NIGHT.replace(day=17))
    client.force_login(Question.objects.get().holder)
    assert client.get(young("versions"), {"show": "1"}).context["may_restore"] is False
    assert client.post(young("versions"), {"number": 1, "base": 2}).status_code == 403
    assert texts() == ["One.", "Two."]


@pytest.fixture
def offered(triaged, advisor, now):
    """A question with one service for its topic and one that is for another."""
    topic = TopicFactory()
    question = triaged(topic=topic)
    claiming.claim(question=question, by=advisor, version=2, now=now)
    line, other = (Signpost.objects.create(slug=name, name=name, summary="x") for name in ("Line", "Other"))
    line.topics.set([topic])
    line.channels.create(kind="phone", value="0808 2000 247")
    return question, line, other


def test_insert_saves_the_draft_with_the_services_line_and_leads_back_into_the_box(desk, offered):
    question, line, _ = offered
    address = f"/desk/{question.pk}/write/"
    assert desk.post(address, draft("Hi.", insert=line.pk)).url == f"{address}#id_text"
    assert texts() == ["Hi.\n\n**Line**: ring 0808 2000 247"]
    page = desk.get(address).content.decode()
    assert 'data-line="**Line**: ring 0808 2000 247"' in page
    assert "Not checked yet: ring first or leave it out" in page


@pytest.mark.parametrize("chosen", ["other", "x", "9" * 30])
def test_a_service_that_is_not_offered_is_refused_and_the_words_stay(desk, offered, chosen):
    question, _, other = offered
    response = desk.post(f"/desk/{question.pk}/write/", draft("Hi.", insert=other.pk if chosen == "other" else chosen))
    assert said(response) == ["That service is not on this question's list. Choose one from the list."]
    assert (response.status_code, response.context["form"]["text"].value(), texts()) == (422, "Hi.", [])


def test_a_line_for_which_there_is_no_room_is_refused_and_the_words_stay(desk, offered):
    question, line, _ = offered
    response = desk.post(f"/desk/{question.pk}/write/", draft("x" * 5990, insert=line.pk))
    assert said(response) == ["This can have 6,000 characters at most. It has 6,020."]
    assert response.context["form"]["text"].value() == "x" * 5990


def test_in_a_conflict_the_line_stays_with_my_words(desk, offered):
    question, line, _ = offered
    desk.post(f"/desk/{question.pk}/write/", draft("Theirs."))
    response = desk.post(f"/desk/{question.pk}/write/", draft("Mine.", insert=line.pk))
    assert response.context["form"]["text"].value() == "Mine.\n\n**Line**: ring 0808 2000 247\n"
