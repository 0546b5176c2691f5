from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.test import Client

from advisors.drafting import claiming
from advisors.signoff import triaging
from advisors.tasks import purge
from advisors.team import opening
from advisors.team.models import Opened
from questions.intake import withdrawing
from questions.models import Question
from tests.advisors import staffed
from tests.factories import PersonFactory, make_question
from tests.interleaving import before

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]
AN_HOUR = timedelta(hours=1)
A_SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _ledger(settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"


def test_it_is_written_once_a_person_and_question_and_again_after_an_hour(sam, ruth, now, django_assert_num_queries):
    question = make_question(now=now)
    with django_assert_num_queries(5):  # a look, a savepoint around the insert and the second look
        opening.note(person=sam, question=question, now=now)
    for moment in (now + A_SECOND, now + AN_HOUR - A_SECOND):
        with django_assert_num_queries(1):
            opening.note(person=sam, question=question, now=moment)
    assert Opened.objects.values_list("person", "at").get() == (sam.pk, now)
    opening.note(person=sam, question=question, now=now + AN_HOUR)
    opening.note(person=ruth, question=question, now=now)
    assert list(Opened.objects.order_by("at").values_list("person", "at")) == [
        (ruth.pk, now),
        (sam.pk, now + AN_HOUR),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_of_several_costs_the_same(sam, now, count, django_assert_num_queries):
    rows = [make_question(now=now) for _ in range(count)]
    with django_assert_num_queries(5):
        opening.note_all(person=sam, questions=rows, now=now)
    with django_assert_num_queries(1):
        opening.note_all(person=sam, questions=rows, now=now)
    with django_assert_num_queries(0):
        opening.note_all(person=sam, questions=[], now=now)
    assert Opened.objects.count() == count


def test_two_windows_at_once_are_one_row(sam, now):
    question = make_question(now=now)
    other = lambda: opening.note(person=sam, question=question, now=now)  # noqa: E731
    with before("INSERT", "team_opened", other):
        opening.note(person=sam, question=question, now=now)
    assert Opened.objects.values_list("person", "question").get() == (sam.pk, question.pk)


def test_the_newest_of_thirty_days_are_recent_to_the_second(sam, now):
    old, new, newer = (make_question(now=now) for _ in range(3))
    for question, at in ((old, now), (new, now + A_SECOND), (newer, now + AN_HOUR)):
        opening.note(person=sam, question=question, now=at)
    assert opening.recent(sam, now=now + opening.FOR) == [newer.pk, new.pk]
    assert opening.recent(sam, now=now + opening.FOR - A_SECOND) == [newer.pk, new.pk, old.pk]
    assert opening.recent(PersonFactory(), now=now) == []


def test_it_is_forgotten_after_thirty_days(sam, now, clock):
    opening.note(person=sam, question=make_question(now=now), now=now)
    assert opening.purge(now=now + opening.FOR - A_SECOND) == 0
    clock.move_to(now + opening.FOR)
    purge()
    assert Opened.objects.count() == 0


def test_it_goes_with_the_question_and_none_is_left_by_a_page_that_was_open(sam, now):
    question = make_question(now=now)
    page = Question.objects.get(pk=question.pk)
    opening.note(person=sam, question=page, now=now)
    withdrawing.erase(question=question, now=now)
    assert Opened.objects.count() == 0
    opening.note(person=sam, question=page, now=now)
    opening.note(person=sam, question=Question.objects.get(pk=question.pk), now=now)
    assert Opened.objects.count() == 0


def test_a_database_that_says_no_keeps_nobody_from_reading(sam, now, caplog):
    question = make_question(now=now)

    def breaks():
        raise IntegrityError("Sam")

    with before("INSERT", "team_opened", breaks):
        opening.note(person=sam, question=question, now=now)
    assert (Opened.objects.count(), [record.getMessage() for record in caplog.records]) == (
        0,
        ["An opening was not noted: IntegrityError"],
    )


def test_reading_it_before_claiming_is_opening_it(browser, sam, omar, now):
    question = make_question(now=now)
    triaging.pass_on(question=question, version=1, summary="New school.", content_notes=[], by=omar, now=now)
    browser(sam).get(f"/desk/{question.pk}/")
    assert Opened.objects.values_list("person", "question", "at").get() == (sam.pk, question.pk, now)
    claiming.claim(question=question, by=sam, version=question.version, now=now)
    assert browser(sam).get(f"/desk/{question.pk}/write/").status_code == 200
    assert Opened.objects.count() == 1


# Every page that shows a question's own words, drafts or answers, as who opens it: the house of the matrix.
PAGES = {
    "/desk/{held}/write/": ("advisor", {"held"}),
    "/desk/{held}/ask/": ("advisor", {"held"}),
    "/desk/{held}/versions/": ("advisor", {"held"}),
    "/desk/{held}/beside/": ("advisor", {"held"}),
    "/desk/{open}/": ("advisor", {"open"}),
    "/review/{edited}/accept/": ("advisor", {"edited"}),
    "/review/{new}/triage/": ("supervisor", {"new"}),
    "/review/{review}/": ("supervisor", {"review"}),
    "/review/{review}/edit/": ("supervisor", {"review"}),
    "/review/{held}/beside/": ("supervisor", {"held"}),
    "/review/safeguarding/{held}/": ("supervisor", {"held"}),
    "/review/{staff}/triage/": ("lead", {"staff"}),
    "/review/": ("supervisor", {"answered"}),
    "/review/triage/": ("supervisor", {"answered", "held"}),
    "/review/words/{words}/": ("supervisor", {"open"}),
    "/review/publish/{publication}/": ("supervisor", {"answered"}),
    "/manage/safeguarding/{held}/": ("manager", {"held"}),
}


@pytest.fixture
def house(clock, now):
    return staffed.build(now)


def test_whatever_shows_its_words_is_noted(house):
    ids = {name: row.pk for name, row in house.questions.items()}
    ids |= {"words": house.rows["own words"][0], "publication": house.rows["publication"][0]}
    names = {row.pk: name for name, row in house.questions.items()}
    noted = {}
    for path, (who, _opened) in PAGES.items():
        client = Client()
        client.force_login(house.people[who], backend="allauth.account.auth_backends.AuthenticationBackend")
        Opened.objects.all().delete()
        assert client.get(path.format(**ids)).status_code == 200
        rows = Opened.objects.filter(person=house.people[who]).values_list("question", flat=True)
        noted[path] = (who, {names[pk] for pk in rows})
    assert noted == PAGES


def test_breaking_the_glass_opens_it_once_it_is_shown(house):
    manager, (mine, _other) = house.people["manager"], house.rows["question glass"]
    client = Client()
    client.force_login(manager, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.get(f"/manage/safeguarding/glass/{mine}/")
    assert Opened.objects.filter(person=manager).count() == 0
    assert client.post(f"/manage/safeguarding/glass/{mine}/").status_code == 200
    assert Opened.objects.filter(person=manager).values_list("question", flat=True).get() == house.questions["held"].pk
