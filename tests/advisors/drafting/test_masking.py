"""What is hidden from advisors: details that software finds and names that a supervisor chose."""

import json
import time

import pytest
from django.urls import reverse

from advisors.drafting import claiming, masking, picking, reading, writing
from advisors.drafting.models import DraftVersion
from advisors.signoff.models import Comment
from questions.models import Message
from tests.factories import PersonFactory


@pytest.mark.parametrize(
    ("text", "names", "read"),
    [
        ("Jamie told jamie, and JAMIE'S mum.", ["Jamie"], "[name] told [name], and [name]'S mum."),
        ("Jam and Jamiee stay.", ["Jamie"], "Jam and Jamiee stay."),
        ("O’Brien, O'Brien, OBrien", ["O'Brien"], "[name], [name], [name]"),
        ("Jean-Luc or Jean Luc or jean‑luc", ["Jean-Luc"], "[name] or [name] or [name]"),
        ("Mary  Ann\nand Mary\nAnn", ["Mary Ann"], "[name]\nand [name]"),
        ("Zoë, ZOË and Zoe\u0308", ["zoë"], "[name], [name] and [name]"),
        ("Łukasz, Strauß, STRAUSS", ["łukasz", "Strauß"], "[name], [name], [name]"),
        ("Ana Maria, then Ana", ["Ana", "Ana Maria"], "[name], then [name]"),
        ("St. John's (the school)", ["St. John's"], "[name] (the school)"),
        ("a.b axb", ["a.b"], "[name] axb"),
        ("_Jamie_ and Jamie_", ["Jamie"], "_[name]_ and [name]_"),
        ("Ja\u200dmie, Ｊａｍｉｅ, J\u0430mie", ["Jamie"], "[name], [name], [name]"),
        ("Jamie", ["J\u0430\u200dmie"], "[name]"),
        ("Zoe and Zoë", ["Zoë"], "[name] and [name]"),
        ("saras mum, SARAS, Sarah", ["Sara"], "[name] mum, [name], Sarah"),
        ("Jamie2 and jamie_xo", ["Jamie"], "[name]2 and [name]_xo"),
        ("Year 7 in 2017, 7B", ["7"], "Year [name] in 2017, 7B"),
        ("Strauß, STRAUẞ, strauss", ["Strauss"], "[name], [name], [name]"),
        ("Strauß, STRAUSS", ["strauß"], "[name], [name]"),
        ("Γιάννης, ΓΙΆΝΝΗΣ", ["γιάννης"], "[name], [name]"),
        ("O´Brien, O′Brien, O‛Brien", ["O'Brien"], "[name], [name], [name]"),
        ("Jean—Luc, Jean−Luc, jean_luc", ["Jean-Luc"], "[name], [name], [name]"),
        ("Mary     Ann, Mary\u2009Ann, Mary\u202fAnn, Mary\u3000Ann", ["Mary Ann"], "[name], [name], [name], [name]"),
        ("𝓙𝓪𝓶𝓲𝓮, Ⓙamie, J\u034famie", ["Jamie"], "[name], [name], [name]"),
        ("李明你好", ["李明"], "[name]你好"),
        ("อนงค์พูด", ["อนงค์"], "[name]พูด"),
        ("민수가", ["민수"], "[name]가"),
        ("Nothing here.", [], "Nothing here."),
        ("’ stays, and so does  -", ["’", "-", ""], "’ stays, and so does  -"),
    ],
)
def test_a_hidden_name_is_hidden_as_a_whole_word_in_any_case(text, names, read):
    assert masking.mask(text, tuple(names)) == read


def test_a_name_inside_a_personal_detail_never_opens_it():
    masked = masking.mask(
        "Write to jo@example.org or 07700 900123, my name is Jo Smith.", ("jo", "Smith Jones", "user")
    )
    assert masked == "Write to [e-mail address] or [phone number], my name is [name]."


def test_a_name_that_sticks_out_of_a_detail_is_hidden_with_it():
    assert masking.mask("my name is Ann Marie Rose", ("Marie Rose",)) == "my name is [name]"


@pytest.mark.parametrize("text", ["Jean Luc " * 2222, "- " * 10_000, "a" * 20_000, "'" * 20_000])
def test_twenty_names_in_twenty_thousand_characters_take_a_moment(text):
    names = (*(f"Jean-{'Luc ' * number}O'Brien" for number in range(15)), "a-a-a-a", "'a'")
    began = time.process_time()
    masking.mask(text, names)
    assert time.process_time() - began < 1


def hide(question, *names):
    question.masked = json.dumps(names)
    question.save(update_fields=["masked"])


@pytest.mark.django_db
def test_nothing_an_advisor_reads_shows_a_hidden_name(triaged, now):
    question = triaged(text="Jamie left.", timeline=["I met JAMIE"], summary="Misses Jamie.")
    hide(question, "Jamie")
    Message(round=question.round, kind="reply", text="jamie's back", sent_at=now, passed_at=now).save()
    sheet = reading.for_advisor(question)
    assert ([said.body for said in sheet.thread], sheet.thread[0].timeline, sheet.summary) == (
        ["[name] left.", "[name]'s back"],
        ["I met [name]"],
        "Misses [name].",
    )


@pytest.mark.django_db
def test_a_hidden_name_is_no_detail_that_could_be_guessed(triaged):
    question = triaged(text="Jamie left me on the bus.")
    hide(question, "Jamie")
    assert picking.found(["Jamie", "on the bus"], picking.said(question)) == ["on the bus"]


def test_what_we_write_ourselves_keeps_its_numbers():
    assert masking.hide("Jamie can call 0800 1111.", ("Jamie",)) == "[name] can call 0800 1111."


@pytest.fixture
def handed_over(held, advisor, now, client, clock):
    """Sam wrote Jamie everywhere and handed back; then Jamie was hidden, and Bea, signed in, has claimed it."""
    text, details = "Jamie sounds mean. Call 0800 1111.", ["eat lunch alone", "Jamie and me"]
    values = {"question": held, "kind": "answer", "details": details, "by": advisor, "now": now}
    writing.save(text="Jamie.", base=0, sources="Jamie's page", insist="Jamie said so", **values)
    writing.save(text=text, base=1, **values)
    claiming.hand_back(question=held, by=advisor, version=held.version, note="Jamie is the brother.", now=now)
    hide(held, "Jamie")
    bea = PersonFactory(alias="Bea")
    claiming.claim(question=held, by=bea, version=held.version, now=now)
    client.force_login(bea)
    return held


def at(name, question):
    return reverse(f"desk:{name}", args=[question.pk])


@pytest.mark.django_db
def test_a_name_hidden_after_it_was_written_is_hidden_from_the_next_advisor(handed_over, client, supervisor, now):
    version = DraftVersion.objects.get(number=2)
    Comment.objects.create(version=version, writer=supervisor, paragraph=0, text="Is Jamie kind?", written_at=now)
    page = client.get(at("write", handed_over))
    initial = page.context["form"].initial
    assert (initial["text"], initial["sources"], initial["insist"]) == (
        "[name] sounds mean. Call 0800 1111.",
        "[name]'s page",
        "[name] said so",
    )
    assert [row.text for row in (*page.context["notes"], *page.context["remarks"])] == [
        "[name] is the brother.",
        "Is [name] kind?",
    ]
    earlier = client.get(at("versions", handed_over) + "?show=1")
    assert earlier.context["shown"].pieces == [("same", "[name].")]
    for response in (page, earlier, client.get(at("versions", handed_over))):
        assert b"Jamie" not in response.content


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["autosave", "write"])
def test_two_texts_at_once_show_the_other_one_without_the_name(handed_over, client, name):
    data = {"text": "Mine.", "base": 0, "version": handed_over.version}
    response = client.post(at(name, handed_over), data)
    assert (response.status_code, b"Jamie" in response.content) == (409, False)
    assert b"[name] sounds mean. Call 0800 1111." in response.content


@pytest.mark.django_db
def test_what_the_next_advisor_saves_or_takes_up_again_has_no_name_in_it(handed_over, client):
    client.post(at("versions", handed_over), {"number": 1, "base": 2})
    page = client.get(at("write", handed_over))
    data = {"text": page.context["form"].initial["text"] + " Hi.", "base": 3, "version": handed_over.version}
    client.post(at("write", handed_over), data)
    rows = DraftVersion.objects.filter(number__gt=2)
    assert [(row.text, writing.sources_of(row)) for row in rows] == [("[name].", "[name]'s page"), ("[name]. Hi.", "")]
