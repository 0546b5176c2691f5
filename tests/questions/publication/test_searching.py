import string
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from askpeer.errors import Refused
from questions.models import Topic
from questions.publication import matching, searching, spelling, terms
from questions.publication.changing import NO_WORDS
from questions.publication.models import Publication
from tests.factories import NOW, SupervisorFactory, TopicFactory

pytestmark = pytest.mark.django_db
TOPICS = Path(__file__).parents[3] / "config" / "demo" / "topics.toml"


@pytest.fixture
def people(db):
    return {"edited_by": SupervisorFactory(), "checked_by": SupervisorFactory()}


@pytest.fixture
def shelve(people):
    """Put an answer on the shelf; each is a minute older than the one before."""

    def put(title, *, topic=None, keywords=(), question="", answer="", **values):
        count = Publication.objects.count()
        publication = Publication.objects.create(
            slug=f"answer-{count}",
            title=title,
            topic=topic or TopicFactory(),
            keywords=list(keywords),
            question_text=question,
            answer_text=answer,
            **people,
            **(
                {
                    "status": "published",
                    "published_at": NOW - timedelta(minutes=count),
                    "checked_on": NOW.date(),
                    "review_by": NOW.date(),
                }
                | values
            ),
        )
        searching.index(publication)
        return publication

    return put


def titles(words="", **how):
    return [found.title for found in searching.find(words, **how).items]


def test_without_words_the_newest_come_first_and_the_cursor_walks_all_of_them(shelve):
    for number in range(5):
        shelve(f"Answer {number}")
    seen, cursor = [], ""
    for _ in range(3):
        page = searching.find("", limit=2, cursor=cursor)
        seen.append([found.title for found in page.items])
        cursor = page.next_cursor
    assert seen == [["Answer 0", "Answer 1"], ["Answer 2", "Answer 3"], ["Answer 4"]]
    assert cursor == ""


def test_answers_of_one_moment_are_each_seen_once(shelve):
    for number in range(5):
        shelve(f"Answer {number}", published_at=NOW)
    first = searching.find("", limit=3)
    second = searching.find("", limit=3, cursor=first.next_cursor)
    assert len({found.pk for found in first.items + second.items}) == 5


def test_words_are_found_in_title_keywords_question_and_answer_the_title_before_the_rest(shelve):
    shelve("Nothing of the kind", answer="My gran died.")
    shelve("Something else", keywords=["gran"])
    shelve("Gran")
    shelve("Not this one")
    assert titles("GRAN") == ["Gran", "Something else", "Nothing of the kind"]


def test_a_search_with_words_has_pages_too(shelve):
    for number in range(5):
        shelve(f"Lunch {number}")
    first = searching.find("lunch", limit=3)
    second = searching.find("lunch", limit=3, cursor=first.next_cursor)
    assert [found.title for found in first.items + second.items] == [f"Lunch {number}" for number in range(5)]
    assert second.next_cursor == ""


def test_a_word_is_found_in_its_other_forms(shelve):
    shelve("Worried about periods")
    assert titles("worrying about my period") == ["Worried about periods"]


def test_every_label_and_keyword_of_every_starter_topic_finds_its_answer(shelve):
    rows = tomllib.loads(TOPICS.read_text())["topic"]
    assert len(rows) == 18
    for row in rows:
        topic = Topic.objects.create(
            slug=row["slug"], label=row["label"], clean_label=row.get("clean_label", ""), keywords=row["keywords"]
        )
        shelve(row["slug"], topic=topic)
    missed = [
        (row["slug"], word)
        for row in rows
        for word in [row["label"], row.get("clean_label", row["label"]), *row["keywords"]]
        if row["slug"] not in titles(word)
    ]
    assert missed == []


@pytest.mark.parametrize("typed", ["anxeity", "ANXITY", "naxiety", "anxietty"])
def test_a_misspelt_word_finds_what_was_meant(shelve, typed):
    shelve("Panic on the bus", topic=TopicFactory(keywords=["anxiety"]))
    page = searching.find(typed)
    assert ([found.title for found in page.items], page.looked_for) == (["Panic on the bus"], "anxiety")


@pytest.mark.parametrize(
    "typed", ["alleen eten", "scheiding", "mijn ouders gaan scheiden", "ik wil dood", "pesten", "seks"]
)
def test_dutch_words_are_not_mended_into_english_ones_that_look_like_them(shelve, typed):
    shelve("Then she was checking her own mind", answer="The door, under the gran, I pretend.")
    page = searching.find(typed)
    assert (page.items, page.looked_for) == ([], "")


@pytest.mark.parametrize(("typed", "meant"), [("slef", "self"), ("exma", "exam"), ("frends", "friends")])
def test_a_short_word_with_two_letters_swapped_and_a_longer_one_with_one_missing_are_mended(shelve, typed, meant):
    shelve("My self, an exam and friends")
    assert searching.find(typed).looked_for == meant


def test_no_word_is_mended_into_one_that_tells_no_answer_from_another(shelve):
    shelve("There was nothing")
    assert searching.find("thare").items == []


def test_one_mended_word_alone_does_not_stand_for_a_whole_search(shelve):
    shelve("Panic on the bus", keywords=["anxiety"])
    shelve("Vaping at school")
    assert titles("anxeity") == ["Panic on the bus"]
    assert titles("anxeity xylophone") == []
    assert sorted(titles("anxeity school")) == ["Panic on the bus", "Vaping at school"]


@pytest.mark.parametrize(
    ("typed", "topic"), [("cutting", "self-harm"), ("overdose", "self-harm"), ("overdose", "suicide")]
)
def test_the_demos_words_for_danger_lead_to_its_answers(shelve, typed, topic):
    for row in tomllib.loads(TOPICS.read_text())["topic"]:
        shelve(row["slug"], topic=TopicFactory(slug=row["slug"], label=row["label"], keywords=row["keywords"]))
    assert topic in titles(typed)


def test_where_not_every_word_is_found_any_will_do(shelve):
    shelve("Vaping at school")
    assert titles("vaping xylophone") == ["Vaping at school"]


def test_words_that_nothing_is_like_find_nothing(shelve):
    shelve("Vaping at school")
    page = searching.find("xylophone")
    assert (page.items, page.next_cursor, page.looked_for) == ([], "", "")


def test_apostrophes_and_accents_make_no_difference(shelve):
    shelve("Can't sleep at my fiancée's")
    assert titles("fiancees") == titles("fiancée’s") == ["Can't sleep at my fiancée's"]


def test_a_topic_narrows_a_search_and_a_list(shelve):
    home = TopicFactory(slug="home")
    shelve("Shouting at home", topic=home)
    shelve("Shouting at school")
    assert titles("shouting", topic="home") == titles("shouting", topic=home) == ["Shouting at home"]
    assert titles(topic="home") == ["Shouting at home"]


@pytest.mark.parametrize("topic", ["no-such", "a\0b", "x" * 5_000, "' OR 1=1 --", "%s"])
def test_a_topic_that_is_none_finds_nothing(shelve, topic):
    shelve("Shouting")
    assert titles("shouting", topic=topic) == titles(topic=topic) == []


@pytest.mark.parametrize(
    "values", [{"hidden_at": NOW}, NO_WORDS | {"status": "anonymised"}, NO_WORDS | {"status": "unpublished"}]
)
def test_only_what_is_public_is_found_whatever_the_index_says(shelve, values):
    shelve("Lunch")
    assert titles("lunch") == ["Lunch"]
    Publication.objects.update(**values)
    assert (titles("lunch"), titles()) == ([], [])


def test_a_topics_new_word_finds_its_answers_at_once(shelve):
    topic = TopicFactory(keywords=[])
    shelve("Someone stopped answering", topic=topic)
    assert titles("ghosted") == []
    topic.keywords = ["ghosted"]
    topic.save()
    assert titles("ghosted") == ["Someone stopped answering"]


def test_only_the_newest_matches_are_ranked(shelve, people, monkeypatch):
    monkeypatch.setattr(matching, "NEWEST", 2)
    for title in ("New lunch", "Newer by rank: not", "Lunch lunch lunch"):
        shelve(title, answer="lunch")
    assert sorted(titles("lunch")) == ["New lunch", "Newer by rank: not"]


HOSTILE = [
    '"',
    '""""',
    "lunch*",
    "lunch NEAR/3 x",
    "NEAR(lunch x)",
    "AND OR NOT",
    "title:lunch",
    "-lunch",
    "^lunch",
    "(lunch",
    "lunch | & ! <->",
    "'; DROP TABLE publication_search; --",
    "%s %d %(a)s",
    "\0lunch",
    "\ud800lunch",
    "\u202elunch\u200b",
    "😀",
    "²³¹",
    "日本語",
    "[" * 200_000,
    "lunch " * 40_000,
    "x" * 200_000,
]


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_typed_is_only_words(shelve, typed):
    food = TopicFactory(slug="food")
    shelve("Lunch", topic=food)
    shelve("Something else", topic=food)
    expected = ["Lunch"] if "lunch" in typed else []
    assert titles(typed) == expected
    assert [found.title for found in searching.similar(typed, topic=food)] == expected
    assert searching.similar(typed, topic=None) == []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=220) | st.text(alphabet=string.punctuation + " aANDORT\0", max_size=60))
def test_no_text_at_all_breaks_a_search(db, typed):
    page = searching.find(typed)
    assert (page.items, page.next_cursor) == ([], "")


@pytest.mark.parametrize(
    "cursor", ["x", "r1", "d1", "d1.zz", "\0", "d99999999999999999999.0", "d1." + "0" * 31, "d" + "9" * 200_000]
)
def test_a_broken_cursor_of_a_list_is_refused(db, cursor):
    with pytest.raises(Refused, match="Start from the first page"):
        searching.find("", cursor=cursor)


@pytest.mark.parametrize("cursor", ["x", "r", "r-1", "r1.5", "r99999", "d1." + "0" * 32, "\0", "r١"])
def test_a_broken_cursor_of_a_search_is_refused(db, cursor):
    with pytest.raises(Refused, match="Start from the first page"):
        searching.find("lunch", cursor=cursor)


def test_a_page_has_one_answer_at_least_and_100_at_most(shelve):
    for number in range(3):
        shelve(f"Answer {number}")
    assert (len(titles(limit=0)), len(titles(limit=-5)), len(titles(limit=10**9))) == (1, 1, 3)


def test_similar_answers_are_the_most_alike_within_the_topic(shelve):
    school = TopicFactory(slug="school")
    shelve("Sitting alone at lunch", topic=school, answer="The canteen is loud and everybody has a group.")
    shelve("Resits", topic=school, answer="Exams again.")
    shelve("Alone at home")
    text = "i sit alone in the canteen at lunch. everyone has a group and nobody talks to me"
    assert [found.title for found in searching.similar(text, topic=school)] == ["Sitting alone at lunch"]
    assert [found.title for found in searching.similar(text, topic=None)] == ["Sitting alone at lunch"]
    assert searching.similar("", topic=school) == searching.similar(text, topic=school, limit=0) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("My nan moved in and mum cries", []),
        ("my nan died and i keep crying", ["My grandad died"]),
        ("grandad is ill", []),
        ("everyone cried", []),
        ("i feel like nobody wants to know", []),
        ("died", []),
        ("😀 \0 ' OR 1=1", []),
    ],
)
def test_without_a_topic_an_answer_is_similar_when_it_shares_two_telling_words(shelve, text, found):
    grief = TopicFactory(keywords=["nan", "mum", "cries"])
    question = "Everyone cried and then nobody wanted to say his name. I feel like I'm the only one."
    shelve("My grandad died", topic=grief, keywords=["nan died"], question=question, answer="Nan and mum moved.")
    assert [near.title for near in searching.similar(text, topic=None)] == found


def test_related_answers_are_three_others_the_most_alike_first(shelve):
    topic = TopicFactory()
    mine = shelve("Alone at lunch", topic=topic)
    for title in ("Newest of the topic", "Second", "Lunch with nobody", "Third"):
        shelve(title, topic=topic)
    assert [found.title for found in searching.related(mine)] == ["Lunch with nobody", "Newest of the topic", "Second"]


def test_forgetting_and_indexing_twice_leave_one_entry_or_none(shelve):
    publication = shelve("Lunch")
    searching.index(publication)
    assert matching.matches(["lunch"], every=True) == [publication.pk]
    searching.forget(publication)
    assert matching.matches(["lunch"], every=True) == []


def test_a_search_costs_the_same_for_one_answer_and_for_three(shelve, django_assert_num_queries):
    topic = TopicFactory()
    for count in (1, 3):
        while Publication.objects.count() < count:
            shelve("Lunch", topic=topic)
        with django_assert_num_queries(2):
            assert titles("lunch") == ["Lunch"] * count
        with django_assert_num_queries(1):
            assert titles() == ["Lunch"] * count


def test_the_vocabulary_is_bounded(shelve, monkeypatch):
    monkeypatch.setattr(spelling, "MOST_WORDS", 3)
    shelve("One two", topic=TopicFactory(label="alpha", keywords=["beta", "gamma", "delta"]))
    assert spelling.mend(["betta", "deltta"]) == ["beta", "deltta"]


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("cry cries cried crying", {"cry"}),
        ("stopping, a mate, two mates, moved, moving", {"mat", "two", "mov"}),
        ("I really want to know what to do", set()),
        ("Ik weet het niet", set()),
        ("", set()),
    ],
)
def test_the_roots_of_a_text_are_its_meaningful_words_without_their_endings(text, same):
    assert terms.roots(text) == same


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I can't do my EXAMS", ["exams"]),
        ("how do I", ["how", "do", "i"]),
        ("Ça va? ﬁne", ["ca", "va", "fine"]),
        ("a_b-c", ["b", "c"]),
        ("", []),
    ],
)
def test_the_telling_terms_of_a_text(text, found):
    assert terms.telling(text, most=20) == found
