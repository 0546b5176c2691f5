"""The library's desk beyond the editor's rules: what is to be read again, and what could point to one person."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from advisors.signoff import shelving
from questions import holding
from questions.publication import hiding, publishing
from questions.publication.models import Publication
from tests.advisors.signoff.conftest import signed_in
from tests.factories import SupervisorFactory, TopicFactory
from tests.questions.publication.shelf import agreed, edited

pytestmark = pytest.mark.django_db
DESK = "/review/publish/"


@pytest.fixture
def due(calendar, ruth):
    """Make published answers of which `again` are to be read again today; return those."""

    def make(*, again, fine=0):
        now, topic = timezone.now(), TopicFactory()
        rows = [edited(agreed(now=now - timedelta(days=21)), by=ruth, topic=topic) for _ in range(again + fine)]
        for row in rows:
            publishing.publish(publication=row, version=row.version, by=SupervisorFactory(), now=now)
        Publication.objects.filter(pk__in=[row.pk for row in rows[:again]]).update(review_by=holding.today(now))
        return rows[:again]

    return make


def parts(html):
    """{label: (address, count, whether it is the open one)} of the desk's parts."""
    nav = re.search(r'<nav class="tabs" aria-label="Parts of the desk">.*?</nav>', html, re.S)[0]
    found = re.findall(r'<a href="([^"]*)"( aria-current="page")?>([^<]*?) <span class="chip">([^<]*)</span>', nav)
    return {label: (address, count, bool(here)) for address, here, label, count in found}


def states(response):
    return [state for _, state in response.context["shelf"].items]


def test_the_desk_says_how_many_are_to_be_read_again_and_shows_them_alone(due, omar):
    agreed(now=timezone.now() - timedelta(days=21))
    due(again=2, fine=1)
    desk, again = (signed_in(omar).get(path) for path in (DESK, f"{DESK}?only=again"))
    assert parts(desk.content.decode()) == {
        "What waits": (DESK, "3", True),
        "Read it again": (f"{DESK}?only=again", "2", False),
    }
    assert states(again) == ["Read it again"] * 2
    assert parts(again.content.decode())["Read it again"] == (f"{DESK}?only=again", "2", True)


def test_what_a_reader_reported_is_looked_at_and_not_read_again(due, omar):
    rows = due(again=2)
    hiding.report(rows[0], timezone.now())
    assert shelving.counts(omar, now=timezone.now()) == ("2", "1")
    assert states(signed_in(omar).get(DESK)) == ["Reported and hidden", "Read it again"]


def test_nothing_to_read_again_is_a_sentence(calendar, omar):
    page = signed_in(omar).get(f"{DESK}?only=again").content.decode()
    assert ("Nothing is to be read again today." in page, parts(page)["Read it again"][1]) == (True, "0")


def test_the_next_page_of_what_is_to_be_read_again_holds_nothing_else(due, omar):
    due(again=shelving.SIZE + 1)
    agreed(now=timezone.now() - timedelta(days=21))
    first = signed_in(omar).get(f"{DESK}?only=again").content.decode()
    address = re.search(r'<p class="more"><a class="button secondary" href="([^"]*)"', first)[1].replace("&amp;", "&")
    assert states(signed_in(omar).get(address)) == ["Read it again"]


def test_from_a_hundred_on_nobody_counts_to_the_end(calendar, omar, django_assert_num_queries):
    question = agreed(now=timezone.now() - timedelta(days=21)).question
    Publication.objects.bulk_create(Publication(question=question, slug=f"c-{number}") for number in range(98))
    assert shelving.counts(omar, now=timezone.now()) == ("99", "0")
    Publication.objects.create(question=question, slug="one-more")
    with django_assert_num_queries(2):
        assert shelving.counts(omar, now=timezone.now()) == ("99+", "0")


def test_what_could_point_to_one_person_stands_in_the_editor_and_in_the_check(calendar, ruth, omar):
    publication = edited(agreed(), by=ruth, question_text="I'm 14. We moved to Leeds last June.", age_group="")
    for name in ("publication", "publication_check"):
        page = signed_in(omar).get(reverse(f"review:{name}", args=[publication.pk])).content.decode()
        assert page.count("<b>These could point to one person together.</b>") == 1
        assert re.findall(r"<li>(Age|Place|Event): (.*?)</li>", page.replace("&#x27;", "'")) == [
            ("Age", "<b>I'm 14</b>"),
            ("Place", "<b>Leeds</b>"),
            ("Event", "<b>last June</b>"),
        ]
        assert page.count("Fewer than 10 questions that we still keep share its age band, nation and topic.") == 1
        assert page.count("make it wider: “a teenager”, “a town”, “last year”.") == 1


def test_of_an_erased_question_what_points_to_one_person_is_taken_down(due, omar):
    [row] = due(again=1)
    Publication.objects.filter(pk=row.pk).update(question=None, question_text="I'm 14. We moved to Leeds.")
    page = signed_in(omar).get(reverse("review:publication_check", args=[row.pk])).content.decode()
    said = "nobody can say how many are like it. These words cannot be changed any more: where they point to somebody"
    assert (page.count(said), page.count("make it wider")) == (1, 0)


def test_where_nothing_meets_there_is_no_hint(calendar, ruth, omar):
    publication = edited(agreed(), by=ruth)
    page = signed_in(omar).get(reverse("review:publication_check", args=[publication.pk])).content.decode()
    assert "point to one person together" not in page


def test_what_stands_in_the_library_is_found_where_it_can_be_taken_down(due, omar):
    [again] = due(again=1, fine=1)
    desk = signed_in(omar).get(f"{DESK}?only=library")
    assert states(desk) == ["Read it again", "In the library"]
    fine = desk.context["shelf"].items[1][0]
    assert (again.pk, desk.content.decode().count(f'href="{DESK}{fine.pk}/"')) == (
        desk.context["shelf"].items[0][0].pk,
        1,
    )
    signed_in(omar).post(reverse("review:publication_withdraw", args=[fine.pk]))
    assert states(signed_in(omar).get(f"{DESK}?only=library")) == ["Read it again"]


def test_what_stands_in_the_library_is_found_by_its_words(due, omar):
    due(again=0, fine=2)
    one = Publication.objects.first()
    rest = Publication.objects.exclude(pk=one.pk)
    rest.update(
        status=Publication.Status.UNPUBLISHED, title="", question_text="", answer_text="", answer_html="", age_group=""
    )
    desk = signed_in(omar).get(f"{DESK}?only=library&q=luch")
    assert [row.pk for row, _ in desk.context["shelf"].items] == [one.pk]
    assert states(desk) == ["In the library"]
    nothing = signed_in(omar).get(f"{DESK}?only=library&q=xylophone").content.decode()
    assert (nothing.count("Nothing in the library is like that."), nothing.count('value="xylophone"')) == (1, 1)


def test_who_wrote_an_answer_is_told_that_somebody_else_reads_it_again(due, ruth, omar):
    [row] = due(again=1)
    said = "You wrote this, so somebody else reads it again."
    desks = [signed_in(who).get(f"{DESK}?only=again") for who in (ruth, omar)]
    pages = [signed_in(who).get(f"{DESK}{row.pk}/").content.decode() for who in (ruth, omar)]
    assert [states(desk) for desk in desks] == [[], ["Read it again"]]
    assert [parts(desk.content.decode())["Read it again"][1] for desk in desks] == ["0", "1"]
    assert [shelving.counts(who, now=timezone.now()) for who in (ruth, omar)] == [("0", "0"), ("1", "1")]
    assert [(page.count(said), page.count(">Read it again</a>")) for page in pages] == [(1, 0), (0, 1)]
    assert states(signed_in(ruth).get(f"{DESK}?only=library")) == ["In the library"]


def test_of_a_reported_answer_the_words_stand_open_above_the_button_that_shows_it_again(due, ruth, omar):
    [row] = due(again=1)
    hiding.report(row, timezone.now())
    page, writers = (signed_in(who).get(f"{DESK}{row.pk}/").content.decode() for who in (omar, ruth))
    reported, words, button = (
        page.index(text)
        for text in (
            "A reader said something is wrong here, so it is hidden. Read the saved words first.",
            "<details open><summary>The saved words, with personal details marked</summary>",
            "I read it: show it again",
        )
    )
    assert reported < words < button
    assert ("You wrote this, so somebody else reads it." in writers, "show it again" in writers) == (True, False)
