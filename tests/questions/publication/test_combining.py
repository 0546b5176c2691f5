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
        ("I left home at 16 and now I rent", "at 16"),
        ("she turned just 7", "turned just 7"),
        ("I'm 9", "I'm 9"),
        ("I'm 14½", "14"),
        ("at 14 I left", "at 14"),
        ("At 15, he left", "At 15"),
        ("is it normal at 16?", "at 16"),
        ("on her twelfth birthday", "twelfth birthday"),
        ("15f and alone", "15f"),
        ("me (m16)", "m16"),
        ("I (14m) cry", "14m"),
        ("I'm 14m", "I'm 14m"),
        ("14m here", "14m"),
        ("toen ik 12 was", "ik 12 was"),
        ("nu mijn broer bijna 9 is", "broer bijna 9 is"),
        ("een 15-jarige", "15-jarige"),
        ("een vijftienjarige", "vijftienjarige"),
        ("mijn 16de verjaardag", "16de verjaardag"),
        ("mijn zestiende verjaardag", "zestiende verjaardag"),
        ("op mijn 14de", "op mijn 14de"),
        ("ik ben bijna 14", "ik ben bijna 14"),
        ("ik ben 14 of 15", "ik ben 14"),
        ("zij werd 14", "werd 14"),
        ("in het vijfde middelbaar", "vijfde middelbaar"),
        ("in het 5de leerjaar", "5de leerjaar"),
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
        ("on the Wirral", "Wirral"),
        ("at the Wirral Hospital", "Wirral"),
        ("in the Gorbals", "Gorbals"),
        ("in The Hague", "Hague"),
        ("in St Ives", "St Ives"),
        ("at St Mary's", "St Mary's"),
        ("in the New Forest", "New Forest"),
        ("on the Isle of Lewis", "Isle of Lewis"),
        ("by Loch Ness", "Loch Ness"),
        ("Fernhill School is bad", "Fernhill"),
        ("The Fernhill College", "Fernhill"),
        ("Fernhill High", "Fernhill High"),
        ("My village is called Muckle", "Muckle"),
        ("My school is called Fernhill", "Fernhill"),
        ("in De Panne", "De Panne"),
        ("het dorp Kampenhout", "Kampenhout"),
        ("mijn dorp heet Kampenhout", "Kampenhout"),
        ("ik kom van Kampenhout", "Kampenhout"),
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
        ("kicked out of school", "kicked out of"),
        ("ik ben zwanger", "zwanger"),
        ("van school gestuurd", "van school gestuurd"),
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
        "We met at ten and again at twelve, om elf uur.",
        "It is 20 pounds. It was 12 km. He is 6 feet, I'm 5'4.",
        "It is 10m deep, 12 m wide and 14m long.",
        "It stood at 18 Oak Street and cost 15.50, at 13.5 each.",
        "We took the M18 and saw an F16. It cost £15M.",
        "Dat was 10 jaar geleden. Het is 15 euro.",
        "Because School and High School are hard. My School is bad. At Grammar School, at New Year, on the Internet.",
        "In het Frans, bij Mama, op Maandag.",
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
        ("in the " * 2_800, {}),
        ("at the St " * 2_000, {}),
        ("Abc " * 5_000, {}),
        ("Abc's-" * 3_300, {}),
        ("village is called " * 1_100, {}),
        ("Isle of " * 2_500, {"place": ["Isle of Isle"]}),
        ("I am only just " * 1_300, {}),
        ("ik bijna nog " * 1_500, {}),
        ("vijfde jaar " * 1_600, {}),
        ("op mijn " * 2_500, {}),
        ("twenty" * 3_300, {}),
        ("(1" * 10_000, {}),
        ("1" * 20_000, {}),
    ],
)
def test_a_hostile_text_is_read_to_its_end(text, said):
    assert found(text, place="answer_text") == said


def test_no_name_is_longer_than_what_is_looked_at():
    names = [*combining.PLACES, *combining.EVENTS]
    assert [name for name in names if len(name.split()) > combining.LONGEST_NAME] == []


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
