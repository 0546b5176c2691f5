"""The publication editor, over the library's own verbs."""

import re
from datetime import datetime, time, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from advisors.safeguarding import naming, raising
from advisors.signoff import shelving
from advisors.signoff.forms.library import IDENTITY
from askpeer import history
from questions import erasing
from questions.models import LockedNote, Question
from questions.moves import ASKER
from questions.publication import consenting, hiding
from questions.publication.models import Publication
from tests.advisors.signoff.conftest import signed_in
from tests.factories import LeadFactory, SupervisorFactory, TopicFactory, TrusteeFactory
from tests.questions.publication.shelf import NOW, agreed, edited

pytestmark = pytest.mark.django_db
ALL = [slug for slug, _ in IDENTITY]
TODAY = timezone.now().date()


@pytest.fixture
def candidate(calendar):
    """Make an answered question whose asker said yes three weeks ago; return its publication."""

    def make(**values):
        text = "I moved to a new school in May and I eat lunch alone. My name is Izzy."
        return agreed(now=timezone.now() - timedelta(days=21), **{"text": text} | values)

    return make


def at(name, publication):
    return reverse(f"review:{name}", args=[publication.pk])


def public(**values):
    base = {"version": 1, "title": "Eating alone", "question_text": "I eat by myself.", "answer_text": "That is hard."}
    return base | {"topic": TopicFactory().pk, "age_group": "14-17", "keywords": "lunch, alone"} | values


def ticked(version=2, **values):
    """What the second person sends: every point of the list, and a day to read it again."""
    return {"version": version, "checked": ALL, "review_by": str(TODAY + timedelta(days=365))} | values


def shelf(person, *, now=None):
    return shelving.waiting(person, now=now or timezone.now()).items


def test_two_people_put_an_answer_into_the_library(candidate, ruth, omar):
    publication, first, second = candidate(), signed_in(ruth), signed_in(omar)
    assert "I moved to a new school" in first.get(at("publication", publication)).content.decode()
    assert first.post(at("publication", publication), public()).url == "/review/publish/"
    own = first.post(at("publication_check", publication), ticked())
    assert (own.status_code, Publication.objects.get().status) == (422, "anonymised")
    assert second.post(at("publication_check", publication), ticked()).status_code == 302
    kept = Publication.objects.get()
    assert (kept.status, kept.edited_by, kept.checked_by, kept.keywords) == (
        "published",
        ruth,
        omar,
        ["lunch", "alone"],
    )


def test_the_second_person_reads_the_words_that_are_not_public_yet(candidate, ruth, omar):
    publication, second = candidate(), signed_in(omar)
    signed_in(ruth).post(at("publication", publication), public(content_note="Sad"))
    shelf, editor = second.get("/review/publish/"), second.get(at("publication", publication)).content.decode()
    assert shelf.content.decode().count(">Eating alone</a>") == 1
    assert editor.count("<h1>Eating alone</h1>") == 1
    form = second.get(at("publication", publication)).context["public_form"]
    names = ("title", "question_text", "answer_text", "age_group", "content_note", "keywords")
    assert [form[name].value() for name in names] == [
        "Eating alone",
        "I eat by myself.",
        "That is hard.",
        "14-17",
        "Sad",
        "lunch, alone",
    ]


def test_the_whole_list_has_to_be_ticked(candidate, ruth, omar):
    publication, second = candidate(), signed_in(omar)
    signed_in(ruth).post(at("publication", publication), public())
    for checked in ([], ALL[:-1]):
        assert second.post(at("publication_check", publication), ticked(checked=checked)).status_code == 422
    assert Publication.objects.get().status == "anonymised"


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"version": 7}, 409),
        ({"version": "x"}, 422),
        ({"title": ""}, 422),
        ({"title": "x" * 121}, 422),
        ({"question_text": "Ring 07700 900123"}, 422),
        ({"answer_text": "a\0b"}, 422),
        ({"topic": "x"}, 422),
        ({"age_group": "99"}, 422),
    ],
)
def test_a_text_that_cannot_stand_is_a_sentence_and_keeps_the_rest(candidate, ruth, values, status):
    publication = candidate()
    answer = signed_in(ruth).post(at("publication", publication), public(content_note="Kept note") | values)
    html = answer.content.decode()
    assert (answer.status_code, "There is a problem" in html, "Kept note" in html) == (status, True, True)
    assert Publication.objects.get().status == "candidate"


def test_everything_that_names_somebody_is_said_at_once_each_at_its_field_with_its_words(candidate, ruth, caplog):
    sent = public(
        title="Izzy eats alone",
        question_text="I'm Izzy. Ring Izzy on 07700 900123 & ask.",
        answer_text="Dear Izzy, that is hard.",
        keywords="izzy, lunch",
    )
    answer = signed_in(ruth).post(at("publication", candidate()), sent)
    html = unescape(answer.content.decode())
    said = [
        ("title", "There is a name in the title: “Izzy”. Take it out."),
        ("question_text", "There is a name in the question: “Izzy”. Take it out."),
        ("question_text", "There is a phone number in the question: “07700 900123”. Take it out."),
        ("keywords", "There is a name in the keywords: “izzy”. Take it out."),
    ]
    assert (answer.status_code, Publication.objects.get().status) == (422, "candidate")
    assert re.findall(r'<li><a href="#public_(\w+)">(There is .*?)</a></li>', html) == said
    assert [text for text in ("Izzy", "07700", "izzy") if text in caplog.text] == []


def test_taking_down_wipes_the_words_once(candidate, ruth):
    publication, browser = candidate(), signed_in(ruth)
    browser.post(at("publication", publication), public())
    assert browser.post(at("publication_withdraw", publication)).status_code == 302
    assert browser.post(at("publication_withdraw", publication)).status_code == 422
    assert (Publication.objects.get().status, Publication.objects.get().answer_text) == ("unpublished", "")


def test_a_reported_answer_leads_the_list_and_comes_back_by_a_person(candidate, ruth, omar):
    waiting, hidden = candidate(), candidate()
    signed_in(ruth).post(at("publication", hidden), public())
    signed_in(omar).post(at("publication_check", hidden), ticked())
    hidden.refresh_from_db()
    hiding.report(hidden, timezone.now())
    assert shelf(ruth) == [
        (hidden, "Reported and hidden"),
        (waiting, "Waits to be written"),
    ]
    assert signed_in(ruth).post(at("publication_show", hidden)).status_code == 422
    assert signed_in(omar).post(at("publication_show", hidden)).status_code == 302
    assert [item for item, _ in shelf(ruth)] == [waiting]


def test_the_editor_opens_to_reviewers_alone(client, candidate, advisor, ruth):
    publication = candidate()
    for name in ("publication", "publication_check"):
        assert signed_in(advisor).get(at(name, publication)).status_code == 403
    for name in ("publication", "publication_check", "publication_withdraw", "publication_show"):
        assert client.post(at(name, publication)).status_code == 302
        assert signed_in(advisor).post(at(name, publication)).status_code == 403


def test_a_case_about_staff_is_not_on_the_shelf(candidate, ruth):
    publication = candidate()
    Question.objects.update(about_staff=True)
    assert shelf(ruth) == []
    assert signed_in(ruth).get(at("publication", publication)).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_shelf_costs_the_same_whatever_its_length(candidate, ruth, count, django_assert_num_queries):
    for _ in range(count):
        candidate()
    with django_assert_num_queries(1):
        items = shelf(ruth)
        assert [state for _, state in items] == ["Waits to be written"] * count


def published(candidate, ruth, omar, **texts):
    publication = candidate()
    signed_in(ruth).post(at("publication", publication), public(**texts))
    signed_in(omar).post(at("publication_check", publication), ticked())
    publication.refresh_from_db()
    return publication


def test_the_check_shows_exactly_the_saved_words_and_publishes_no_others(candidate, ruth, omar):
    publication, second = candidate(), signed_in(omar)
    signed_in(ruth).post(at("publication", publication), public(title="Read this"))
    page = second.get(at("publication_check", publication)).content.decode()
    assert ("Read this" in page, "I moved to a new school" in page, 'name="title"' in page) == (True, True, False)
    sent = ticked() | public(title="Typed meanwhile", version=2)
    assert second.post(at("publication_check", publication), sent).status_code == 302
    assert Publication.objects.get().title == "Read this"


def test_words_that_changed_under_the_check_are_read_and_ticked_anew(candidate, ruth, omar):
    publication, first, second = candidate(), signed_in(ruth), signed_in(omar)
    first.post(at("publication", publication), public())
    first.post(at("publication", publication), public(version=2, title="Newer words"))
    answer = second.post(at("publication_check", publication), ticked(version=2))
    html = answer.content.decode()
    assert (answer.status_code, "Newer words" in html, " checked" in html) == (409, True, False)
    assert 'name="version" value="3"' in html
    assert Publication.objects.get().status == "anonymised"


def test_ticks_and_day_stay_while_the_words_are_the_same(candidate, ruth, omar):
    publication = candidate()
    signed_in(ruth).post(at("publication", publication), public())
    day = str(TODAY + timedelta(days=10))
    answer = signed_in(omar).post(at("publication_check", publication), ticked(checked=ALL[:-1], review_by=day))
    html = answer.content.decode()
    assert (answer.status_code, html.count(" checked"), day in html) == (422, len(ALL) - 1, True)


@pytest.mark.parametrize("day", ["", "soon", str(TODAY), str(TODAY + timedelta(days=800))])
def test_a_day_that_cannot_be_is_a_sentence(candidate, ruth, omar, day):
    publication = candidate()
    signed_in(ruth).post(at("publication", publication), public())
    answer = signed_in(omar).post(at("publication_check", publication), ticked(review_by=day))
    assert (answer.status_code, "There is a problem" in answer.content.decode()) == (422, True)
    assert Publication.objects.get().status == "anonymised"


def test_personal_details_are_marked_on_both_sides_and_listed(candidate, ruth, omar):
    publication, second = candidate(), signed_in(omar)
    signed_in(ruth).post(at("publication", publication), public(answer_text="Dear Izzy, ring 07700 900123."))
    for name in ("publication", "publication_check"):
        page = second.get(at(name, publication)).content.decode()
        assert page.count("<mark>Izzy<") == 2
        assert (
            "<li>a name in the answer: <b>Izzy</b></li><li>a phone number in the answer: <b>07700 900123</b></li>"
            in page
        )
    answer = second.post(at("publication_check", publication), ticked())
    assert (answer.status_code, "There is a name in the answer. Take it out." in answer.content.decode()) == (422, True)


def test_their_yes_stands_there_with_its_day(candidate, ruth):
    publication = candidate()
    agreed_on = timezone.now() - timedelta(days=21)
    page = signed_in(ruth).get(at("publication", publication)).content.decode()
    assert f"<b>Yes</b>, {agreed_on.day} {agreed_on:%B %Y}. It is for whatever we write." in page
    assert f"Not before {agreed_on + timedelta(days=14):%-d %B %Y}, 14 days after the answer." in page


def test_what_keeps_it_from_being_published_stands_in_the_place_of_the_button(candidate, ruth, omar):
    publication = candidate()
    signed_in(ruth).post(at("publication", publication), public())
    mine = signed_in(ruth).get(at("publication_check", publication)).content.decode()
    assert ("Somebody else has to check it." in mine, ">Publish<" in mine) == (True, False)
    note = LockedNote(about=publication.question, words="x", reason="x", made_by=omar, made_at=timezone.now())
    note.last_day = TODAY
    note.save()
    held = signed_in(omar).get(at("publication_check", publication)).content.decode()
    assert ("A question like this is never published." in held, ">Publish<" in held) == (True, False)


@pytest.mark.parametrize(("choice", "asker"), [("yes", ""), ("show_me", "the asker has said yes to it and ")])
def test_what_a_saved_text_still_needs_is_what_it_has_not(calendar, ruth, choice, asker):
    publication = agreed(choice, now=timezone.now() - timedelta(days=21))
    answer = signed_in(ruth).post(at("publication", publication), public(), follow=True)
    said = [str(message) for message in answer.context["messages"]]
    assert said == [f"Saved. It is published once {asker}somebody else has checked it."]


def test_a_yes_to_the_words_before_is_none_to_new_ones(calendar, ruth, omar):
    publication = edited(agreed("show_me", now=timezone.now() - timedelta(days=21)), by=omar)
    seen = {"round_number": 1, "choice": "yes", "version": publication.version}
    consenting.consent(question=publication.question, now=timezone.now(), **seen)
    typed = public(version=publication.version)
    answer = signed_in(ruth).post(at("publication", publication), typed, follow=True)
    assert "once the asker has said yes to it and" in str(next(iter(answer.context["messages"])))


def test_a_text_that_nobody_wrote_or_that_is_gone_has_no_check(candidate, ruth):
    publication, browser = candidate(), signed_in(ruth)
    assert browser.get(at("publication_check", publication)).status_code == 403
    browser.post(at("publication_withdraw", publication))
    answer = browser.get(at("publication_check", publication))
    assert (answer.status_code, "It cannot come back" in answer.content.decode()) == (403, True)


def test_whoever_does_not_read_the_language_neither_edits_nor_checks(candidate, ruth, omar):
    publication = candidate(language="nl")
    assert [state for _, state in shelf(omar)] == ["Waits to be written, in Dutch"]
    sentence = "This is in Dutch. It is for people who read and answer in Dutch."
    edit = signed_in(omar).post(at("publication", publication), public(title="Typed"))
    html = edit.content.decode()
    assert (edit.status_code, sentence in html, "Typed" in html) == (422, True, True)
    assert 'name="title"' not in signed_in(omar).get(at("publication", publication)).content.decode()
    ruth.languages = ["en", "nl"]
    ruth.save()
    assert signed_in(ruth).post(at("publication", publication), public()).status_code == 302
    check = signed_in(omar).post(at("publication_check", publication), ticked())
    assert (check.status_code, sentence in check.content.decode()) == (422, True)


def test_a_published_text_comes_back_to_the_desk_on_its_day(candidate, ruth, omar):
    publication = published(candidate, ruth, omar)
    first = datetime.combine(publication.review_by, time.min, ZoneInfo("Europe/London"))
    assert shelf(omar, now=first - timedelta(microseconds=1)) == []
    assert shelf(omar, now=first) == [(publication, "Read it again")]


def test_another_reviewer_says_that_it_still_holds(candidate, ruth, omar):
    publication = published(candidate, ruth, omar)
    Publication.objects.update(review_by=TODAY - timedelta(days=1))
    assert [state for _, state in shelf(omar)] == ["Read it again"]
    own = signed_in(ruth).post(at("publication_check", publication), ticked())
    assert own.status_code == 422
    assert signed_in(omar).post(at("publication_check", publication), ticked()).url == "/review/publish/"
    assert shelf(omar) == []
    assert history.of(publication.subject)[-1].kind == "read again"


def test_what_taking_down_can_and_cannot_do_is_said_before_and_after(candidate, ruth):
    publication, browser = candidate(), signed_in(ruth)
    said = "Off our site in a minute. Search engines take longer; copies people saved we can&#x27;t remove."
    assert browser.get(at("publication", publication)).content.decode().count(said) == 1
    after = browser.post(at("publication_withdraw", publication), follow=True)
    assert after.content.decode().count(said) == 1


def test_who_does_not_read_the_language_shows_nothing_again(candidate, ruth, omar, lead):
    publication = candidate()
    signed_in(ruth).post(at("publication", publication), public())
    signed_in(omar).post(at("publication_check", publication), ticked())
    hiding.report(Publication.objects.get(), timezone.now())
    Question.objects.update(language="nl")
    assert signed_in(omar).post(at("publication_show", publication)).status_code == 422
    Question.objects.update(language="en")
    assert signed_in(omar).post(at("publication_show", publication)).status_code == 302


def test_of_an_erased_question_the_text_is_read_again_or_taken_down_and_never_changed(candidate, ruth, omar):
    publication = candidate()
    signed_in(ruth).post(at("publication", publication), public())
    signed_in(omar).post(at("publication_check", publication), ticked())
    Publication.objects.update(question=None)
    page = signed_in(omar).get(at("publication", publication)).content.decode()
    check = at("publication_check", publication)
    assert ("nobody can agree to other words" in page, "Save the public text" in page, check in page) == (
        True,
        False,
        True,
    )
    assert check not in signed_in(ruth).get(at("publication", publication)).content.decode()
    sent = signed_in(omar).post(at("publication", publication), public(version=2, title="Other words"))
    assert (sent.status_code, Publication.objects.get().title) == (422, "Eating alone")
    assert signed_in(omar).post(check, ticked()).status_code == 302


@pytest.mark.parametrize("whose", ["the lead", "a colleague"])
def test_words_never_public_are_nobodys_once_their_question_is_erased(calendar, whose):
    """Kept from somebody while it stood; its publication outlives it until the next hourly purge."""
    lead, ruth, nadia = LeadFactory(), SupervisorFactory(), SupervisorFactory()
    TrusteeFactory()
    row = edited(agreed(), by=ruth, question_text="She shut the door behind us.")
    question = Question.objects.get()
    if whose == "the lead":
        raising.give_to_trustee(question=question, version=question.version, by=ruth, now=NOW)
    else:
        raising.give_to_lead(question=question, version=question.version, by=ruth, now=NOW)
        naming.name_person(question=Question.objects.get(), person=nadia, by=lead, now=NOW)
    reader = lead if whose == "the lead" else nadia
    page = reverse("review:publication", args=[row.pk])
    assert signed_in(reader).get(page).status_code == 403
    erasing.erase(Question.objects.get(), by=ASKER, now=NOW)
    assert Publication.objects.get().status == "anonymised"
    assert (signed_in(reader).get(page).status_code, shelving.waiting(reader, now=NOW).items) == (404, [])
