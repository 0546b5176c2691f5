"""Message texts: one person writes, a second one says yes to exactly these words, and the old ones stay until then."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from advisors.signoff import rewording, wordings
from advisors.signoff.models import Wording
from askpeer import history
from askpeer.errors import Refused, Stale
from tests.advisors.managing.reading import shown
from tests.factories import LeadFactory, ManagerFactory, PersonFactory, SupervisorFactory
from tests.interleaving import before

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]
LIST, REVIEW = "/manage/texts/", "/review/texts/"
PLACE = f"{LIST}holding/not_safe/en/"
KEY = {"kind": "holding", "code": "not_safe", "language": "en"}
WORDS = {"label": "Not safe", "text": "We have **read** what you wrote."}


@pytest.fixture
def in_use(ruth, omar):
    wordings.load(writer=ruth, approver=omar)
    return wordings.choose("holding", "not_safe", language="en")


@pytest.fixture
def page(tom, clock, in_use):
    return LIST


def propose(tom, now, **values):
    return rewording.propose(**KEY | WORDS | values, by=tom, now=now)


def approve(row, by, now):
    rewording.approve(wording=row, seen=rewording.seen(Wording.objects.get(pk=row.pk)), by=by, now=now)


def sent(now_language="en"):
    return wordings.choose("holding", "not_safe", language=now_language).text


def said(response):
    return [str(message) for message in response.context["messages"]]


def trail(row):
    return [(entry.kind, entry.actor, entry.facts) for entry in history.of(f"wording:{row.pk}")]


def test_new_words_wait_and_the_old_ones_are_sent_until_a_second_person_says_yes(client, page, tom, ruth, in_use, now):
    response = client.post(PLACE, WORDS | {"step": "save"}, follow=True)
    assert said(response) == ["Written. It is sent once a supervisor or the lead has said yes to it."]
    row = rewording.waiting().get()
    assert (row.writer, row.text, sent()) == (tom, WORDS["text"], in_use.text)
    approve(row, ruth, now)
    assert (sent(), wordings.choose("holding", "not_safe", language="en").approver) == (WORDS["text"], ruth)
    in_use.refresh_from_db()
    assert (in_use.retired_at, Wording.objects.filter(**KEY).count()) == (now, 2)
    assert trail(row) == [("text written", tom.name, KEY), ("text approved", ruth.name, KEY)]


def test_the_reviewers_page_shows_the_words_as_they_are_sent_beside_those_in_use(client, page, tom, ruth, now):
    propose(tom, now, text="Calm down. We have **read** it.")
    client.force_login(ruth)
    response = client.get(REVIEW)
    assert response.content.decode().count("<p>Calm down. We have <strong>read</strong> it.</p>") == 1
    assert shown(response).lower().count("“calm down”") == 1
    assert shown(response).count("In use until then") == 1
    pressed = client.post(
        f"{REVIEW}{rewording.waiting().get().pk}/approve/", {"seen": response.context["rows"][0]["seen"]}
    )
    assert (pressed["Location"], sent()) == (REVIEW, "Calm down. We have **read** it.")


def test_nobody_approves_their_own_words(tom, in_use, now):
    row = propose(tom, now)
    tom.role = "supervisor"
    tom.save()
    with pytest.raises(Refused, match=r"You wrote this\. Somebody else has to say yes"):
        approve(row, tom, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Wording.objects.filter(pk=row.pk).update(approver=tom)


def test_exactly_the_words_that_were_read_are_approved(client, page, tom, ruth, in_use, now):
    row = propose(tom, now)
    seen = rewording.seen(row)
    rewording.propose(**KEY | WORDS | {"text": "Other words."}, seen=seen, by=tom, now=now)
    client.force_login(ruth)
    response = client.post(f"{REVIEW}{row.pk}/approve/", {"seen": seen})
    assert (response.status_code, said(response), sent()) == (409, [rewording.CHANGED], in_use.text)
    assert shown(response).count("Other words.") == 1


def test_of_two_who_say_yes_one_does(tom, ruth, omar, in_use, now):
    row = propose(tom, now)
    with (
        before("SELECT", "signoff_wording", lambda: approve(row, omar, now), nth=2),
        pytest.raises(Stale, match="waits no more"),
    ):
        approve(row, ruth, now)
    assert wordings.choose("holding", "not_safe", language="en").approver == omar


def test_words_written_over_others_that_were_not_seen_are_kept_typed(client, page, tom, in_use, now):
    form = client.get(PLACE).context["form"]
    other = ManagerFactory()
    propose(other, now, text="Somebody else's words.")
    response = client.post(PLACE, WORDS | {"seen": form["seen"].value() or "", "step": "save"})
    assert (response.status_code, rewording.waiting().get().text) == (409, "Somebody else's words.")
    assert shown(response).count("Somebody else's words.") == 1
    form = response.context["form"]
    assert form["text"].value() == WORDS["text"]
    again = client.post(PLACE, WORDS | {"seen": form["seen"].value(), "step": "save"})
    row = rewording.waiting().get()
    assert (again.status_code, row.text, row.writer) == (302, WORDS["text"], tom)


def test_of_two_who_write_the_first_new_words_one_is_told(tom, in_use, now):
    other = ManagerFactory()
    with before("SELECT", "signoff_wording", lambda: propose(other, now, text="First.")), pytest.raises(Stale):
        propose(tom, now)


def test_the_database_keeps_one_in_use_and_one_that_waits(tom, ruth, in_use, now):
    propose(tom, now)
    for values in ({"approver": ruth}, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Wording.objects.create(**KEY, label="x", text="x", writer=tom, **values)


def test_a_new_text_gets_a_code_and_may_be_looked_at_first(client, page, tom, ruth, now):
    new = {"kind": "redirect", "language": "en", "label": "Needs a dentist", "text": "A *dentist* can help."}
    looked = client.post(f"{LIST}new/", new | {"step": "preview"})
    assert (looked.status_code, rewording.waiting().count()) == (200, 0)
    assert looked.content.decode().count("<p>A <em>dentist</em> can help.</p>") == 1
    assert client.post(f"{LIST}new/", new | {"step": "save"})["Location"] == LIST
    row = rewording.waiting().get()
    assert (row.code, "needs_a_dentist" in {one.code for one in wordings.approved("redirect", language="en")}) == (
        "needs_a_dentist",
        False,
    )
    approve(row, ruth, now)
    assert wordings.choose("redirect", "needs_a_dentist", language="en").text == "A *dentist* can help."


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"kind": "x"}, "kind", "Choose what it is from the list."),
        ({"language": "xx"}, "language", "Choose a language from the list."),
        ({"label": " "}, "label", "Give it a name, by which staff choose it."),
        ({"label": "x" * 81}, "label", "This can have 80 characters at most. It has 81."),
        ({"text": ""}, "text", "Write what they read."),
        ({"text": "x" * 3001}, "text", "This can have 3,000 characters at most. It has 3001."),
        ({"text": "[" * 200_000}, "text", "This can have 3,000 characters at most. It has 200000."),
        (
            {"label": "Not safe", "kind": "holding"},
            "__all__",
            "There is a text of this name already. Write new words for that one, or choose another name.",
        ),
        ({"label": "ぼっち"}, "__all__", "Choose what it is for and in which language, and give it a name."),
    ],
)
def test_what_will_not_do_is_refused_and_stays_typed(client, page, values, field, sentence):
    new = {"kind": "redirect", "language": "en", "label": "Dentist", "text": "Go."} | values
    response = client.post(f"{LIST}new/", new | {"step": "save"})
    found = {name: list(told) for name, told in response.context["form"].errors.items()}
    assert (response.status_code, found, rewording.waiting().count()) == (422, {field: [sentence]}, 0)
    assert response.context["form"]["text"].value() == new["text"]


@pytest.mark.parametrize("name", ["label", "text"])
def test_characters_that_no_text_has_get_a_sentence(client, page, name):
    assert client.post(PLACE, WORDS | {name: "a\0b", "step": "save"}).status_code == 422


def test_the_same_words_again_are_no_change(tom, in_use, now):
    with pytest.raises(Refused, match="in use already"):
        propose(tom, now, label=in_use.label, text=in_use.text)


def test_what_is_missing_in_a_language_that_is_offered_is_shown(client, page, dutch_offered):
    places = {place.language: place for row in client.get(LIST).context["rows"] for place in row.places}
    assert {code: bool(place.now) for code, place in places.items()} == {"en": True, "nl": False}
    assert shown(client.get(LIST)).count("Dutch: missing , so English is sent") == 9


def test_words_in_another_language_are_sent_in_it_once_they_are_approved(client, page, tom, ruth, in_use, now):
    row = propose(tom, now, language="nl", text="We hebben het gelezen.")
    assert sent("nl") == in_use.text
    reading_dutch(ruth)
    approve(row, ruth, now)
    assert (sent("nl"), sent()) == ("We hebben het gelezen.", in_use.text)


def reading_dutch(person):
    person.languages = ["en", "nl"]
    person.save()


def test_nobody_says_yes_to_what_they_cannot_read(client, page, tom, ruth, omar, in_use, now):
    row = propose(tom, now, language="nl", text="We hebben het gelezen.")
    sentence = "This is in Dutch. Somebody who reads it has to say yes to it."
    with pytest.raises(Refused) as refused:
        approve(row, ruth, now)
    assert (str(refused.value), sent("nl")) == (sentence, in_use.text)
    client.force_login(ruth)
    assert client.post(f"{REVIEW}{row.pk}/approve/", {"seen": rewording.seen(row)}).status_code == 422
    alone = shown(client.get(REVIEW))
    missing = f"A second person who reads it is needed: {tom.alias} can add one."
    assert (alone.count(f"{sentence} Nobody else who could reads Dutch now. {missing}"), alone.count("Approve")) == (
        1,
        0,
    )
    reading_dutch(omar)
    reading_dutch(SupervisorFactory(alias="Gone", is_active=False))
    reading_dutch(SupervisorFactory(alias="Out", vetted_until=date(2026, 11, 15)))  # no page of review opens to them
    reading_dutch(LeadFactory(alias="Lena"))
    assert shown(client.get(REVIEW)).count(f"{sentence} Lena or Omar could.") == 1
    client.force_login(omar)
    assert shown(client.get(REVIEW)).count("Approve") == 1


def test_the_writer_alone_is_no_second_person_in_a_language(client, page, tom, in_use, now):
    propose(tom, now, language="nl", text="We hebben het gelezen.")
    tom.role = "supervisor"
    reading_dutch(tom)
    html = shown(client.get(REVIEW))
    assert html.count("You wrote this. Somebody else has to say yes to it. Nobody else who could reads Dutch") == 1
    assert html.count("is needed: a manager can add one.") == 1


def test_a_retired_text_is_sent_no_more_and_the_last_of_its_kind_stays(client, page, tom):
    rows = list(wordings.in_use().filter(kind="holding"))
    for row in rows[:-1]:
        assert client.post(f"{LIST}{row.pk}/retire/")["Location"] == LIST
    response = client.post(f"{LIST}{rows[-1].pk}/retire/")
    sentence = "This is the last holding reply in English: supervisors would have none to send. Write another first."
    assert (response.status_code, said(response)[-1]) == (422, sentence)
    assert wordings.approved("holding", language="en") == [rows[-1]]


def test_words_that_wait_may_be_let_go_by_either_side(client, page, tom, ruth, in_use, now):
    row = propose(tom, now)
    assert client.post(f"{LIST}{row.pk}/drop/")["Location"] == LIST
    row = propose(tom, now)
    client.force_login(ruth)
    assert client.post(f"{REVIEW}{row.pk}/drop/")["Location"] == REVIEW
    assert (rewording.waiting().count(), sent()) == (0, in_use.text)
    assert client.post(f"{REVIEW}{row.pk}/drop/").status_code == 404


def test_a_text_in_use_is_neither_dropped_nor_approved_again(client, page, tom, ruth, in_use, now):
    assert client.post(f"{LIST}{in_use.pk}/drop/").status_code == 409
    with pytest.raises(Stale, match="waits no more"):
        approve(in_use, SupervisorFactory(), now)


def test_who_may_do_what(client, page, tom, ruth, in_use, now):
    row = propose(tom, now)
    for verb in (rewording.retire, rewording.drop):
        with pytest.raises(Refused):
            verb(wording=row, by=PersonFactory(), now=now)
    with pytest.raises(Refused, match=r"Only a manager can do this\."):
        propose(ruth, now)
    with pytest.raises(Refused, match="Only a supervisor or the safeguarding lead"):
        approve(row, ManagerFactory(), now)
    approve(row, LeadFactory(), now)
    assert client.get(REVIEW).status_code == 403
    client.force_login(ruth)
    assert [client.get(path).status_code for path in (LIST, PLACE, f"{LIST}new/")] == [403] * 3


def test_addresses_of_nothing_are_no_pages(client, page):
    for path in ("holding/nothing/en/", "holding/not_safe/xx/", "x/not_safe/en/"):
        assert client.get(f"{LIST}{path}").status_code == 404
    for path in ("999999/retire/", "999999/drop/", f"{2**70}/drop/"):
        assert client.post(f"{LIST}{path}").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_cost_the_same_for_one_and_for_three(client, page, tom, ruth, now, count, django_assert_num_queries):
    rows = list(wordings.in_use())[:count]
    for row in rows:
        rewording.propose(kind=row.kind, code=row.code, language="en", **WORDS, by=tom, now=now)
    client.get(LIST)
    with django_assert_num_queries(4):
        client.get(LIST)
    client.force_login(ruth)
    client.get(REVIEW)
    with django_assert_num_queries(4):
        client.get(REVIEW)
