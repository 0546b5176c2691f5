"""An age, a place and a rare event that meet in a public text are named, and nothing is blocked or changed."""

from datetime import timedelta

import pytest

from questions import erasing, moves
from questions.publication import combining, publishing
from questions.publication.models import Publication, PublicText
from tests.factories import NOW, SupervisorFactory, TopicFactory, make_question
from tests.questions.publication.shelf import LATER, agreed, edited

pytestmark = pytest.mark.django_db
TOGETHER = "I'm 14 and we live in Leeds."


def found(text, place="question_text"):
    return combining.find(PublicText(**{place: text}))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("I'm 14.", "I'm 14"),
        ("I’m only 15, you know", "I’m only 15"),
        ("i am fourteen", "i am fourteen"),
        ("Fourteen and alone", "Fourteen"),
        ("a 16-year-old", "16-year-old"),
        ("15yo here", "15yo"),
        ("I'm in year 9", "year 9"),
        ("My Y9 class", "Y9"),
        ("on my 16th birthday", "16th birthday"),
        ("after my sixteenth birthday", "sixteenth birthday"),
        ("**four**teen", "fourteen"),
        ("I'm １４", "I'm 14"),
        ("ik ben 14", "ik ben 14"),
        ("my brother is 9", "is 9"),
        ("she turned just 7", "turned just 7"),
    ],
)
def test_an_age_is_found_however_it_is_said(text, said):
    assert found(text) == {"age": [said]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("i live in leeds", "leeds"),
        ("LEEDS is big", "LEEDS"),
        ("near Stoke-on-Trent", "Stoke-on-Trent"),
        ("here in Northern Ireland", "Northern Ireland"),
        ("from Reading", "Reading"),
        ("at Hill Top Academy", "Hill Top Academy"),
        ("in Little Whinging on Monday", "Little Whinging"),
        ("thuis in Gent", "Gent"),
        ("in **Le**eds", "Leeds"),
        ("in Lееds", "Leeds"),
        ("we are Syrian", "Syrian"),
        ("like other eritreans", "eritreans"),
        ("ik ben Marokkaanse", "Marokkaanse"),
    ],
)
def test_a_place_is_found_by_its_name_or_its_capital(text, said):
    assert found(text) == {"place": [said]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("since last June", "last June"),
        ("on 3 May", "3 May"),
        ("on March 3rd", "March 3rd"),
        ("the 12th of October", "12th of October"),
        ("in May", "in May"),
        ("in 2019", "2019"),
        ("on 12/05/24", "12/05/24"),
        ("we had to go to court", "court"),
        ("after the house fire", "house fire"),
        ("My Twin sister", "Twin"),
        ("foster care", "foster care"),
        ("since I use a wheelchair", "wheelchair"),
        ("in the national team", "national team"),
    ],
)
def test_a_date_and_what_happens_to_few_are_found(text, said):
    assert found(text) == {"event": [said]}


@pytest.mark.parametrize(
    "text",
    [
        "I waited fourteen days, was 15 minutes late and paid 20%.",
        "At 14:00 it is 24/7, and 3.5 of 10.",
        "We sat in Monday's class at School, in English, on Instagram.",
        "I may march on. They judge me. It was by accident.",
        "Bath time, reading lessons. Leedsy courtyard.",
        "Last year a teenager moved to a town.",
    ],
)
def test_what_says_none_of_it_is_left_alone(text):
    assert found(text) == {}


def test_each_part_is_read_and_a_word_is_named_once():
    words = PublicText(
        title="leeds",
        question_text="In Leeds, in Leeds.",
        answer_text="You are twins.",
        keywords=["wheelchair"],
        content_note="court",
        age_group="14-17",
    )
    assert combining.find(words) == {"age": ["ages 14-17"], "place": ["leeds"], "event": ["twins", "wheelchair"]}


@pytest.mark.timeout(30)  # a pattern that is not linear takes hours
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("in " + "A" * 8_000, {}),
        ("in " + "Aa " * 2_600, {}),
        ("in Abc-" * 1_100, {"place": ["Abc"]}),
        ("I'm " * 2_000, {}),
        ("1 " * 4_000, {}),
        ("\u0430" * 8_000, {}),
    ],
)
def test_a_hostile_text_is_read_to_its_end(text, said):
    assert found(text, place="answer_text") == said


@pytest.mark.parametrize("text", ["I'm 14.", "In Leeds.", "Last June."])
def test_one_kind_alone_says_nothing_and_asks_nothing(calendar, text, django_assert_num_queries):
    publication = edited(agreed(), question_text=text, age_group="")
    with django_assert_num_queries(0):
        assert combining.hint(publication) is None


@pytest.mark.parametrize(
    ("more", "said"), [(0, "Fewer than 10"), (8, "Fewer than 10"), (9, "10"), (12, "13")], ids=["1", "9", "10", "13"]
)
def test_below_ten_the_number_is_not_said(calendar, more, said, django_assert_num_queries):
    topic = TopicFactory()
    publication = edited(agreed(topic=topic), question_text=TOGETHER, age_group="")
    for _ in range(more):
        make_question(topic=topic)
    for other in ({"topic": TopicFactory()}, {"nation": "GB-WLS"}, {"age_band": "16-17"}):
        make_question(**({"topic": topic} | other))
    publication = Publication.objects.select_related("question").get()
    with django_assert_num_queries(1):
        hint = combining.hint(publication)
    assert hint.found == [("Age", ["I'm 14"]), ("Place", ["Leeds"])]
    assert hint.alike == f"{said} questions that we still keep share its age band, nation and topic."


def test_what_is_erased_is_not_counted(calendar, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    topic = TopicFactory()
    publication = edited(agreed(topic=topic), question_text=TOGETHER)
    others = [make_question(topic=topic) for _ in range(9)]
    before = combining.hint(publication).alike[:2]
    erasing.erase(others[0], by=moves.SERVICE, now=NOW)
    assert (before, combining.hint(publication).alike[:13]) == ("10", "Fewer than 10")
    publication.question = None
    assert combining.hint(publication).alike == "The question has been erased, so nobody can say how many are like it."


def test_a_hint_stops_nobody(calendar):
    publication = edited(agreed(), question_text=TOGETHER)
    publishing.publish(
        publication=publication, version=publication.version, by=SupervisorFactory(), now=LATER + timedelta(days=1)
    )
    assert Publication.objects.get().question_text == TOGETHER


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("I'm\n14, and my brother went to prison.", ["age", "event"]),
        ("When I was 8 my dad was jailed.", ["age", "event"]),
        ("14F here, and pregnant.", ["age", "event"]),
        ("At 14 I was in a wheel chair.", ["age", "event"]),
        ("I'm 14yrs, and we moved to Aberdare.", ["age", "place"]),
        ("I'm doing my GCSEs on the Isle of Lewis.", ["age", "place"]),
        ("In Year 10A of Parkside Academy.", ["age", "place"]),
        ("I'm in 10th grade. My village is Grasmere.", ["age", "place"]),
        ("Ik word 15 en woon in Gent.", ["age", "place"]),
        ("It goes on\nAnd then I talk to\nMum, on Sundays.", []),
    ],
)
def test_what_is_said_in_other_ways_is_found_too(text, kinds):
    assert list(combining.find(PublicText(question_text=text))) == kinds
