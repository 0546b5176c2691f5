"""Suggested words on the manager's desk: they join their topic or are gone, once."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from advisors.managing import words
from askpeer import history
from askpeer.errors import Refused, Stale
from questions.intake import suggesting
from questions.intake.models import SuggestedWord
from questions.models import Topic
from questions.publication import searching
from tests.factories import LeadFactory, ManagerFactory, PersonFactory, SupervisorFactory, TopicFactory
from tests.questions.publication.shelf import published

pytestmark = pytest.mark.django_db
LIST = "/manage/words/"
NOBODY = UUID(int=0)


@pytest.fixture
def manager(client, settings):
    settings.SECOND_FACTOR = False
    person = ManagerFactory(alias="Tom")
    client.force_login(person)
    return person


@pytest.fixture
def lonely():
    return TopicFactory(slug="lonely", label="Lonely", keywords=["left out"])


@pytest.fixture
def waits(lonely):
    return SuggestedWord.objects.create(topic=lonely, word="billy no mates", sent_on=date(2026, 11, 16))


def said(response):
    return [str(message) for message in response.context["messages"]]


def trail(topic):
    entries = history.of(f"topic:{topic.pk}")
    return [(entry.kind, entry.actor, entry.facts) for entry in entries]


def test_an_accepted_word_joins_its_topic_and_finds_its_answers_at_once(manager, lonely, waits, now, calendar):
    answer = published(topic=lonely)
    assert searching.find("billy").items == []
    words.accept(suggestion=waits, by=manager, now=now)
    assert Topic.objects.get().keywords == ["left out", "billy no mates"]
    assert [found.pk for found in searching.find("billy").items] == [answer.pk]
    assert SuggestedWord.objects.count() == 0
    assert trail(lonely) == [("word accepted", manager.name, {"suggestion": str(waits.pk)})]


def test_a_refused_word_is_gone(manager, lonely, waits, now):
    words.refuse(suggestion=waits, by=manager, now=now)
    assert (Topic.objects.get().keywords, SuggestedWord.objects.count()) == (["left out"], 0)
    assert trail(lonely) == [("word refused", manager.name, {"suggestion": str(waits.pk)})]


def test_a_word_that_came_in_by_another_way_meanwhile_is_not_there_twice(manager, lonely, waits, now):
    Topic.objects.update(keywords=["Billy no mates"])
    words.accept(suggestion=waits, by=manager, now=now)
    assert Topic.objects.get().keywords == ["Billy no mates"]


def test_a_full_topic_takes_no_more_and_the_word_goes_on_waiting(client, manager, lonely, waits):
    Topic.objects.update(keywords=[f"w{n}" for n in range(40)])
    response = client.post(f"{LIST}{waits.pk}/accept/")
    assert response.status_code == 422
    assert said(response) == ["Lonely has 40 keywords, and no room for another. Take one out first."]
    assert (len(Topic.objects.get().keywords), SuggestedWord.objects.count(), trail(lonely)) == (40, 1, [])


@pytest.mark.parametrize("first", [words.accept, words.refuse])
@pytest.mark.parametrize("second", [words.accept, words.refuse])
def test_the_second_of_two_managers_is_told_so(manager, lonely, waits, now, first, second):
    other = SuggestedWord.objects.get()
    first(suggestion=waits, by=manager, now=now)
    before = Topic.objects.get().keywords
    with pytest.raises(Stale) as refusal:
        second(suggestion=other, by=ManagerFactory(), now=now)
    assert (str(refusal.value), Topic.objects.get().keywords, len(trail(lonely))) == (words.GONE, before, 1)


@pytest.mark.parametrize("act", ["accept", "refuse"])
def test_on_the_page_too(client, manager, waits, act):
    assert client.post(f"{LIST}{waits.pk}/{act}/")["Location"] == LIST
    assert client.get(LIST).content.decode().count("No words wait.") == 1
    response = client.post(f"{LIST}{waits.pk}/{act}/")
    assert (response.status_code, said(response)) == (409, [words.GONE])


@pytest.mark.parametrize("act", ["accept", "refuse"])
def test_deciding_is_a_post_with_an_id(client, manager, act):
    assert client.get(f"{LIST}{NOBODY}/{act}/").status_code == 405
    assert client.post(f"{LIST}{NOBODY}/{act}/").status_code == 409
    assert client.post(f"{LIST}x/{act}/").status_code == 404


@pytest.mark.parametrize("make", [PersonFactory, SupervisorFactory, LeadFactory])
def test_only_a_manager_gets_in(client, settings, waits, make):
    settings.SECOND_FACTOR = False
    assert client.get(LIST).status_code == 302
    client.force_login(make())
    paths = [LIST, f"{LIST}{waits.pk}/accept/", f"{LIST}{waits.pk}/refuse/"]
    assert [client.get(paths[0]).status_code, *(client.post(path).status_code for path in paths[1:])] == [403] * 3
    assert SuggestedWord.objects.count() == 1


def test_the_list_goes_by_topic_oldest_first(client, manager, lonely, now):
    early, late = TopicFactory(label="Anger", position=1), lonely
    Topic.objects.filter(pk=late.pk).update(position=2)
    for topic, word, days in ((late, "b", 1), (early, "c", 9), (late, "a", 2), (early, "d", 8)):
        suggesting.suggest(topic=topic, word=word, now=now - timedelta(days=days))
    assert [row.word for row in client.get(LIST).context["words"]] == ["c", "d", "a", "b"]


def test_a_word_is_shown_escaped(client, manager, lonely, now):
    suggesting.suggest(topic=lonely, word="<i>x</i>", now=now)
    page = client.get(LIST).content.decode()
    assert (page.count("<i>x"), page.count("<h3>&lt;i&gt;x&lt;/i&gt;</h3>")) == (0, 1)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(client, manager, now, count, django_assert_num_queries):
    client.get(LIST)
    for number in range(count):
        suggesting.suggest(topic=TopicFactory(), word=f"word {number}", now=now)
    with django_assert_num_queries(3):
        client.get(LIST)


def test_monday_counts_what_waits(client, manager, calendar, waits):
    response = client.get("/manage/")
    assert [line.number for line in response.context["page"].lines if line.url == LIST] == [1]
    assert response.content.decode().count("suggested word waits for you") == 2  # seen, and said with its link


def test_a_full_topic_is_refused_by_the_verb(manager, lonely, waits, now):
    Topic.objects.update(keywords=[f"w{n}" for n in range(40)])
    with pytest.raises(Refused):
        words.accept(suggestion=waits, by=manager, now=now)
    assert SuggestedWord.objects.count() == 1
