"""What could give somebody away is found in a public text, and a service's own number is not taken for theirs."""

import json

import pytest

from askpeer.errors import Refused
from questions.models import Signpost, SignpostChannel
from questions.partners.models import Partner
from questions.publication import publishing, recognising
from questions.publication.models import Publication, PublicText
from tests.factories import SupervisorFactory
from tests.questions.publication.shelf import LATER, agreed, edited

pytestmark = pytest.mark.django_db


@pytest.fixture
def directory(db):
    service = Signpost.objects.create(slug="listen", name="Listen", url="https://www.listen.example/young")
    ways = [("phone", "020 7946 0123"), ("phone", "+32 2 555 01 23"), ("email", "hello@listen.example")]
    SignpostChannel.objects.bulk_create(
        SignpostChannel(signpost=service, kind=kind, value=value) for kind, value in ways
    )


def found(words, place="answer_text", **question):
    publication = agreed(**question)
    return [(one.what, one.text) for one in recognising.watch(publication).find(PublicText(**{place: words}))]


@pytest.mark.parametrize(
    "text",
    [
        "Ring 020 7946 0123.",
        "Ring +44 20 7946 0123.",
        "Ring 02 555 01 23.",
        "Write to hello@listen.example.",
        "[Listen](https://www.listen.example/young) is there",
        "[Listen](https://listen.example/young/chat).",
        "**http://listen.example/young/**",
    ],
)
def test_a_way_to_a_service_of_ours_may_stand_in_the_answer_alone(calendar, directory, text):
    assert found(text) == []
    assert len(found(text, place="question_text")) == 1


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Ring 07700 900123", ("a phone number", "07700 900123")),
        ("[Listen](https://listen.example/)", ("a link", "https://listen.example/")),
        ("[x](https://listen.example.evil.example/young)", ("a link", "https://listen.example.evil.example/young")),
        ("[x](https://www.listen.example/young)https://evil.example", ("a link", "https://evil.example")),
        ("[x](https://www.listen.example/young)@robin_07", ("a user name", "@robin_07")),
        ("Write to me@listen.example", ("an e-mail address", "me@listen.example")),
    ],
)
def test_anything_else_in_the_answer_is_found(calendar, directory, text, what):
    assert found(text) == [what]


def test_a_name_they_said_is_theirs_is_found_wherever_it_stands(calendar):
    asked = {"text": "my name is izzy and i go to Hill Top Academy. izzy again"}
    assert found("Dear Izzy, ask at Hill Top  Academy.", **asked) == [
        ("a name", "Izzy"),
        ("a school", "Hill Top  Academy"),
    ]
    assert found("A dizzy spell", **asked) == []


def test_a_name_that_a_supervisor_hid_is_found_in_any_case(calendar):
    publication = agreed()
    publication.question.masked = json.dumps(["Mr Okafor", "Will"])
    publication.question.save()
    texts = PublicText(title="mr okafor", question_text="I will. Will did.", keywords=["lunch", "mr okafor"])
    assert [(one.where, one.text) for one in recognising.watch(publication).find(texts)] == [
        ("title", "mr okafor"),
        ("question", "Will"),
        ("keywords", "mr okafor"),
    ]


def test_the_partners_name_is_refused_when_it_is_saved(calendar):
    partner = Partner.objects.create(name="Rookery Youth Portal", slug="rookery", kind=Partner.Kind.PORTAL)
    publication = agreed(partner=partner)
    for place in ("title", "question_text", "answer_text", "content_note"):
        with pytest.raises(Refused, match="There is the partner's name in the"):
            edited(publication, **{place: "Through the rookery  youth portal"})
    with pytest.raises(Refused, match="There is the partner's name in the keywords"):
        edited(publication, keywords=["Rookery Youth Portal"])
    assert Publication.objects.get().status == "candidate"


def test_what_is_found_in_the_answer_is_kept_marked_and_stops_the_publishing(calendar):
    publication = edited(agreed(text="My name is Izzy."), answer_text="Dear Izzy, go on.")
    marked = recognising.watch(publication).pieces("answer_text", publication.draft.answer_text)
    assert [(piece.text, piece.kind) for piece in marked] == [("Dear ", ""), ("Izzy", "name"), (", go on.", "")]
    with pytest.raises(Refused, match="There is a name in the answer"):
        publishing.publish(publication=publication, version=2, by=SupervisorFactory(), now=LATER)
    assert Publication.objects.get().status == "anonymised"


def test_a_service_that_left_the_directory_is_a_link_like_any_other(calendar, directory):
    publication = edited(agreed(), answer_text="[Listen](https://www.listen.example/young)")
    Signpost.objects.all().delete()
    sentence = "There is a link in the answer that is not in the directory of services. Take it out."
    with pytest.raises(Refused, match=sentence):
        publishing.publish(publication=publication, version=2, by=SupervisorFactory(), now=LATER)


def test_of_an_erased_question_only_the_text_itself_is_looked_at(calendar, directory):
    publication = agreed(text="My name is Izzy.")
    publication.question = None
    texts = PublicText(answer_text="Izzy, ring 07700 900123")
    assert [one.text for one in recognising.watch(publication).find(texts)] == ["07700 900123"]


@pytest.mark.timeout(30)
def test_hostile_texts_are_read_in_a_moment(calendar):
    publication = agreed(text="My name is Izzy.")
    watch = recognising.watch(publication)
    assert watch.find(PublicText(answer_text="[" * 8_000)) == []
    assert watch.find(PublicText(answer_text="](https://x.example" * 400))[0].kind == "link"


@pytest.mark.parametrize(
    "kate",
    [
        "_Kate_",
        "Kate_ and",
        "K&#97;te",
        "Ka**te**",
        "K\u200cate",
        "Ka\u200dte",
        "Ka\u034fte",
        "Kat\ufe0fe",
        "Ka\u3164te",
        "Ｋａｔｅ",
        "K\u0430te",
        "[Ka](https://www.listen.example/young)te",
    ],
)
def test_a_name_is_found_however_it_is_written_in_every_part(calendar, directory, kate):
    watch = recognising.watch(agreed(text="My name is Kate."))
    for place in ("title", "question_text", "answer_text", "content_note"):
        kinds = {one.kind for one in watch.find(PublicText(**{place: f"Dear {kate} hi"}))}
        assert "name" in kinds, (place, kate)
    assert "name" in {one.kind for one in watch.find(PublicText(keywords=["lunch", kate]))}


@pytest.mark.parametrize(
    "school", ["__Hilltop School__", "Hill&#116;op School", "_Hilltop_ School", "hilltop  sch**ool**"]
)
def test_the_partners_name_is_found_however_it_is_written(calendar, school):
    partner = Partner.objects.create(name="Hilltop School", slug="hilltop", kind=Partner.Kind.PORTAL)
    watch = recognising.watch(agreed(partner=partner))
    assert {one.kind for one in watch.find(PublicText(answer_text=f"At {school} now"))} & {"partner", "school"}
    with pytest.raises(Refused):
        edited(Publication.objects.get(), question_text=f"I go to {school}.")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[x](https&colon;//evil.example)", "a link"),
        ("[x](https:\\/\\/evil.example)", "a link"),
        ("[x][1]\n\n[1]: <https\\://evil.example>", "a link"),
        ("_https://evil.example/zed_", "a link"),
        ("evil.example.com/zed", "a link"),
        ("zed-blog.co.uk", "a link"),
        ("zed&#64;mail.example", "an e-mail address"),
        ("zed＠mail.example", "an e-mail address"),
        ("0770&#48; 900123", "a phone number"),
        ("0770*0* 900**123**", "a phone number"),
        ("0770\u200d0 900123", "a phone number"),
        ("S&#87;1A 1AA", "a postcode"),
    ],
)
def test_what_shows_only_once_it_is_rendered_is_found_too(calendar, directory, text, what):
    assert what in [kind for kind, _ in found(f"Look: {text} now")]


def test_what_shows_only_once_it_is_rendered_is_listed_and_has_no_place_to_be_marked_at(calendar):
    watch = recognising.watch(agreed(text="My name is Kate."))
    text = "Dear K&#97;te, hi"
    assert [(one.what, one.text) for one in watch.find(PublicText(answer_text=text))] == [("a name", "Kate")]
    assert [(piece.text, piece.kind) for piece in watch.pieces("answer_text", text)] == [(text, "")]


@pytest.mark.parametrize("text", ["_hello@listen.example_", "_020 7946 0123_", "__https://www.listen.example/young__"])
def test_a_service_of_ours_may_be_set_in_italics(calendar, directory, text):
    assert found(text) == []
