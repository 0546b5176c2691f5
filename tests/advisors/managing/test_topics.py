"""Topics: their words and order, and that none goes away from under a question, an answer or a signpost."""

from datetime import date

import pytest

from advisors.drafting import claiming
from advisors.managing import topics
from advisors.signoff import triaging
from askpeer import history
from askpeer.errors import Refused, Stale
from questions.intake import asking, forms
from questions.intake.models import SuggestedWord
from questions.models import Question, Signpost, Topic
from questions.partners import listing
from questions.publication import searching
from tests.advisors.managing.reading import shown
from tests.factories import PersonFactory, SupervisorFactory, TopicFactory, keep_on_duty, make_question
from tests.interleaving import before
from tests.questions.publication.shelf import published

pytestmark = pytest.mark.django_db
LIST = "/manage/topics/"
NEW = {"label": "Lonely", "clean_label": "", "slug": "", "keywords": "left out,  no mates,,left out"}
WORDS = {"label": "Lonely", "clean_label": "", "keywords": [], "sensitive": False}


def said(response):
    return [str(message) for message in response.context["messages"]]


def order():
    return list(Topic.objects.values_list("slug", flat=True))


def retire(topic, tom, now):
    topics.retire(topic=topic, by=tom, now=now)
    topic.refresh_from_db()


@pytest.fixture
def three(db):
    return [TopicFactory(slug=slug, label=slug.title(), position=7) for slug in ("anger", "body", "crush")]


def test_a_new_topic_stands_last_with_its_words_and_a_short_name_of_its_own(client, tom, three):
    assert client.post(f"{LIST}new/", NEW)["Location"] == LIST
    topic = Topic.objects.get(label="Lonely")
    assert (topic.slug, topic.keywords, topic.sensitive, order()[-1]) == (
        "lonely",
        ["left out", "no mates"],
        False,
        "lonely",
    )
    assert ("lonely", "Lonely") in forms.topics()
    assert [(entry.kind, entry.actor, entry.facts) for entry in history.of(f"topic:{topic.pk}")] == [
        ("topic made", tom.name, {"topic": "lonely"})
    ]


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"label": " "}, "label", "Give the topic a label, in young people's own words."),
        ({"label": ""}, "label", "Give the topic a label, in young people's own words."),
        ({"label": "x" * 61}, "label", "This can have 60 characters at most. It has 61."),
        ({"clean_label": "x" * 61}, "clean_label", "This can have 60 characters at most. It has 61."),
        ({"slug": "Not A Slug"}, "slug", "Use letters from a to z, numbers, and single hyphens between them."),
        ({"slug": "a--b"}, "slug", "Use letters from a to z, numbers, and single hyphens between them."),
        ({"slug": "x" * 41}, "slug", "This can have 40 characters at most. It has 41."),
        ({"slug": "anger"}, "__all__", "There is a topic with the short name anger already. Choose another."),
        (
            {"label": "ANGER"},
            "__all__",
            "There is a topic called ANGER already. Two of a name could not be told apart.",
        ),
        (
            {"label": "ぼっち"},
            "__all__",
            "Write a short name for addresses: letters from a to z, numbers and hyphens.",
        ),
        (
            {"keywords": ",".join(str(number) for number in range(41))},
            "keywords",
            "A topic can have 40 keywords at most. These are 41.",
        ),
        ({"keywords": "k" * 41}, "keywords", "A keyword can have 40 characters at most: " + "k" * 41),
        ({"keywords": "k," * 100_000}, "keywords", "This can have 2,000 characters at most. It has 200000."),
    ],
)
def test_what_will_not_do_is_refused_at_its_field_and_stays_typed(client, tom, three, values, field, sentence):
    response = client.post(f"{LIST}new/", NEW | values)
    assert (response.status_code, response.context["form"].errors.get_json_data()[field][0]["message"]) == (
        422,
        sentence,
    )
    assert (len(order()), response.context["form"]["keywords"].value()) == (3, (NEW | values)["keywords"])


@pytest.mark.parametrize("name", ["label", "clean_label", "keywords", "slug"])
def test_characters_that_no_text_has_get_a_sentence(client, tom, name):
    response = client.post(f"{LIST}new/", NEW | {name: "a\0b"})
    assert (response.status_code, Topic.objects.count()) == (422, 0)


def test_a_hidden_turn_of_the_letters_is_taken_out_of_a_label(client, tom):
    client.post(f"{LIST}new/", NEW | {"label": "Lo\u202enely"})
    assert Topic.objects.get().label == "Lonely"


def test_a_changed_topic_keeps_its_slug_and_takes_the_place_it_was_given(client, tom, three):
    topic = three[2]
    page = client.get(f"{LIST}{topic.pk}/")
    sent = NEW | {"label": "In love", "slug": "in-love", "place": "1", "seen": page.context["form"]["seen"].value()}
    assert client.post(f"{LIST}{topic.pk}/", sent)["Location"] == LIST
    topic.refresh_from_db()
    assert (topic.label, topic.slug, order()) == ("In love", "crush", ["crush", "anger", "body"])


def test_of_two_managers_the_second_sees_what_the_first_saved(client, tom, three, now):
    topic, old = three[0], topics.seen(three[0])
    topics.edit(topic=topic, **WORDS | {"label": "Cross"}, place=1, seen=old, by=tom, now=now)
    response = client.post(f"{LIST}{topic.pk}/", NEW | {"label": "Furious", "place": "1", "seen": old})
    topic.refresh_from_db()
    assert (response.status_code, topic.label) == (409, "Cross")
    form = response.context["form"]
    assert (form["label"].value(), form["seen"].value()) == ("Furious", topics.seen(topic))
    assert shown(response).count("As it is now Label Cross") == 1


def test_up_and_down_move_one_place_and_stop_at_the_ends(client, tom, three):
    first, middle, last = three
    for topic, way, wanted in (
        (last, "up", ["anger", "crush", "body"]),
        (first, "down", ["crush", "anger", "body"]),
        (last, "up", ["crush", "anger", "body"]),
        (middle, "down", ["crush", "anger", "body"]),
    ):
        assert client.post(f"{LIST}{topic.pk}/{way}/")["Location"] == LIST
        assert order() == wanted
    assert [slug for slug, _label in forms.topics()] == ["crush", "anger", "body"]


def test_two_moves_at_once_are_both_made(tom, three, now):
    first, _middle, last = three

    def meanwhile():
        topics.move(topic=first, down=True, by=tom, now=now)

    with before("SELECT", "questions_topic", meanwhile):
        topics.move(topic=last, down=False, by=tom, now=now)
    assert order() == ["body", "crush", "anger"]


def test_a_retired_topic_leaves_the_ask_form_and_the_api_and_old_questions_keep_it(tom, three, calendar, now, partner):
    topic = three[0]
    question = make_question(now=now, topic=topic)
    retire(topic, tom, now)
    assert [slug for slug, _label in forms.topics()] == ["body", "crush"]
    assert [row["slug"] for row in listing.topics(partner)] == ["body", "crush"]
    assert Question.objects.get(pk=question.pk).topic == topic
    with pytest.raises(Refused, match="We don't have that topic"):
        asking.ask(text="Hi", age_band="13-15", topic="anger", now=now)


def test_who_began_before_it_was_retired_still_sends_with_it(tom, three, calendar, now):
    retire(three[0], tom, now)
    sent = asking.ask(text="Hi", age_band="13-15", topic="anger", promised_at=now, now=now)
    assert sent.question.topic == three[0]


def test_the_library_keeps_a_retired_topic_while_an_answer_has_it(client, tom, three, calendar, now):
    published(topic=three[0])
    for topic in three[:2]:
        retire(topic, tom, now)
    assert [topic.slug for topic in searching.topics()] == ["anger", "crush"]
    page = client.get("/library/?topic=anger")
    assert [topic.slug for topic in page.context["topics"]] == ["anger", "crush"]
    assert page.content.decode().count("/words/anger/") == 0
    assert [client.get(f"/words/{slug}/").status_code for slug in ("anger", "crush")] == [404, 200]


def test_a_retired_one_comes_back(client, tom, three, now):
    retire(three[0], tom, now)
    assert shown(client.get(LIST)).count("Retired") == 1
    assert client.post(f"{LIST}{three[0].pk}/bring-back/")["Location"] == LIST
    assert [slug for slug, _label in forms.topics()] == ["anger", "body", "crush"]


def test_the_last_topic_in_the_list_is_not_retired(tom, three, now):
    for topic in three[:2]:
        retire(topic, tom, now)
    with pytest.raises(Refused, match="This is the only topic in the list"):
        retire(three[2], tom, now)


@pytest.mark.parametrize("verb", [topics.retire, topics.delete])
def test_one_that_somebody_can_choose_is_left_beside_not_being_sure(tom, three, now, verb):
    TopicFactory(slug="not-sure", label="I'm not sure")
    for topic in three[:2]:
        verb(topic=topic, by=tom, now=now)
    with pytest.raises(Refused, match="This is the only topic in the list"):
        verb(topic=three[2], by=tom, now=now)
    assert [slug for slug, _label in forms.topics()] == ["crush"]


@pytest.mark.parametrize(("way", "moved"), [("up", 2), ("down", 0)])
def test_up_and_down_go_past_retired_ones(client, tom, three, now, way, moved):
    retire(three[1], tom, now)
    client.post(f"{LIST}{three[moved].pk}/{way}/")
    assert list(Topic.objects.filter(retired=False).values_list("slug", flat=True)) == ["crush", "anger"]


@pytest.mark.parametrize(("first", "second"), [(topics.retire, topics.retire), (topics.delete, topics.retire)])
def test_the_second_of_two_is_told_so(tom, three, now, first, second):
    first(topic=three[0], by=tom, now=now)
    with pytest.raises(Stale):
        second(topic=three[0], by=tom, now=now)


def test_deleting_one_in_use_says_what_it_would_have_done(client, tom, three, calendar, now):
    topic = three[0]
    for _ in range(3):
        make_question(now=now, topic=topic)
    published(topic=topic)
    for slug in ("one", "two"):
        Signpost.objects.create(slug=slug, name=slug, summary="x").topics.add(topic)
    SuggestedWord.objects.create(topic=topic, word="cross", sent_on=now.date())
    PersonFactory(boundaries='{"anger": "never"}')
    response = client.post(f"{LIST}{topic.pk}/delete/")
    assert (response.status_code, order()) == (422, ["anger", "body", "crush"])
    assert said(response) == [
        (
            "Anger stays: deleting it would take it from questions, 1 library answer, 2 signposts, "
            "1 suggested word and what advisors keep away from. Retire it instead."
        )
    ]


@pytest.mark.parametrize("count", [1, 9, 10])
@pytest.mark.parametrize("retired", [False, True])
def test_no_page_says_how_many_questions_have_it(client, tom, three, now, calendar, count, retired):
    topic = three[0]
    pages = []
    for more in (1, count - 1):
        for _ in range(more):
            make_question(now=now, topic=topic)
        Topic.objects.filter(pk=topic.pk).update(retired=retired)
        pages += [[shown(client.get(path)) for path in (LIST, f"{LIST}{topic.pk}/")]]
    assert pages[0] == pages[1]
    assert [pages[0][0].count(words) for words in ("Questions have it", "No question has it")] == [1, 2]
    assert pages[0][1].count("Questions have it") == 1


@pytest.mark.parametrize("choice", ["never", "ask"])
def test_one_that_a_single_advisor_keeps_away_from_stays_and_nobody_is_named(client, tom, three, choice):
    PersonFactory(alias="Sam", boundaries=f'{{"anger": "{choice}"}}')
    response = client.post(f"{LIST}{three[0].pk}/delete/")
    assert said(response) == [
        "Anger stays: deleting it would take it from what advisors keep away from. Retire it instead."
    ]
    assert shown(response).count("Sam") == 0


def test_one_that_nothing_has_is_deleted(client, tom, three):
    pk = three[0].pk
    assert client.post(f"{LIST}{pk}/delete/")["Location"] == LIST
    assert order() == ["body", "crush"]
    assert [entry.kind for entry in history.of(f"topic:{pk}")] == ["topic deleted"]


def test_a_question_that_came_a_moment_before_keeps_its_topic(tom, three, calendar, now):
    with (
        before("SELECT", "questions_question", lambda: make_question(now=now, topic=three[0])),
        pytest.raises(Refused, match=r"from questions\. Retire it instead"),
    ):
        topics.delete(topic=three[0], by=tom, now=now)


def test_a_topic_that_turns_out_to_be_heavy_is_taken_from_who_is_too_young(tom, three, calendar, now):
    young = PersonFactory(born_on=date(2010, 5, 1), guardian_consent_on=date(2026, 9, 1))
    ruth, question = keep_on_duty(SupervisorFactory()), make_question(now=now, topic=three[0])
    triaging.pass_on(question=question, version=1, summary="Cross.", content_notes=[], by=ruth, now=now)
    claiming.claim(question=question, by=young, version=question.version, now=now)
    sent = WORDS | {"label": "Anger", "sensitive": True, "place": 1, "seen": topics.seen(three[0])}
    topics.edit(topic=three[0], **sent, by=tom, now=now)
    assert (Question.objects.get().status, Question.objects.get().holder) == ("open", None)


@pytest.mark.parametrize("path", ["up", "down", "retire", "bring-back", "delete"])
def test_a_button_is_a_post_on_a_topic_that_is_there(client, tom, three, path):
    assert client.get(f"{LIST}{three[0].pk}/{path}/").status_code == 405
    assert [client.post(f"{LIST}{pk}/{path}/").status_code for pk in (999_999, 2**70)] == [404, 404]
    assert client.post(f"{LIST}x/{path}/").status_code == 404


def test_only_a_manager_may(client, tom, three, now):
    other = SupervisorFactory()
    for verb in (topics.retire, topics.bring_back, topics.delete):
        with pytest.raises(Refused, match=r"Only a manager can do this\."):
            verb(topic=three[0], by=other, now=now)
    client.force_login(other)
    assert [client.get(LIST).status_code, client.post(f"{LIST}{three[0].pk}/delete/").status_code] == [403, 403]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(client, tom, count, django_assert_num_queries):
    client.get(LIST)
    for _ in range(count):
        TopicFactory()
    with django_assert_num_queries(6):
        client.get(LIST)
