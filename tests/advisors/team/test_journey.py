from datetime import date, timedelta

import pytest

from advisors.models import Person
from advisors.signoff import skills
from advisors.signoff.models import Rubric
from advisors.team import checking_in, journey, supporting, training, wrapping_up
from advisors.team.models import Kudos
from askpeer.errors import Refused
from tests.advisors import staffed
from tests.advisors.team.practice import ready_for
from tests.factories import ManagerFactory, PersonFactory, make_question

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]
A_DAY = timedelta(days=1)
TODAY = date(2026, 11, 16)


def give(person, at, hours=0, minutes=0):
    wrapping_up.wrap_up(person=person, hours=hours, minutes=minutes, mood="hard", now=at)


def marked(person, by, at, *marks, phrase=None, **values):
    """A whole rubric under an answer that this person wrote."""
    question = make_question(now=at, **values)
    draft = question.round.drafts.create()
    version = draft.versions.create(number=1, writer=person, text=staffed.WORDS, saved_at=at)
    names = dict(zip(("reaction", "interpretation", "exploration"), marks, strict=True))
    more = {"personal": True, "within_limits": True, "safe": True, "accurate": True, "at": at, "phrase": phrase}
    return Rubric.objects.create(version=version, by=by, **names, **more)


def test_all_the_time_that_is_kept_counts(sam, now):
    assert journey.given(sam, now=now) == (0, None)
    give(sam, now - 400 * A_DAY, hours=2)
    give(sam, now - A_DAY, minutes=59)
    give(PersonFactory(), now, hours=9)
    found = journey.given(sam, now=now)
    assert (found, found.hours) == ((179, date(2026, 11, 15)), 2)


@pytest.mark.parametrize(("minutes", "hours"), [(0, 0), (59, 0), (60, 1), (119, 1), (120, 2)])
def test_hours_are_rounded_down(minutes, hours):
    assert journey.Given(minutes, None).hours == hours


def passes(person, track, by, now):
    ready_for(person, track, by, now)
    training.pass_track(person=person, track=track, by=by, now=now)


def test_training_stands_with_its_days_until_the_day_it_runs_out(sam, ruth, now):
    passes(sam, "limits", ruth, now)
    passes(sam, "craft", ruth, now - A_DAY)
    craft, limits = journey.tracks(sam, now=now)
    assert limits == ("Know your limits", TODAY, date(2027, 11, 16), False)
    assert (craft.label, craft.until) == ("Research and software", date(2027, 11, 15))
    later = now + 364 * A_DAY
    assert [[track.is_over for track in journey.tracks(sam, now=at)] for at in (later, later + A_DAY)] == [
        [False, False],
        [True, False],
    ]


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        ([2, 2, 2, 1], "nearly always there"),
        ([2, 2, 1, 1, 1], "often there"),
        ([2, 1, 1, 1], "often there"),
        ([1, 1, 1, 0], "on its way"),
        ([1, 1, 0, 0], "something to work on"),
        ([0], "something to work on"),
    ],
)
def test_a_mean_in_words(marks, said):
    assert skills.said(marks) == said


def test_the_newest_ten_whole_rubrics_say_how_they_write(sam, ruth, now):
    for number in range(10):
        marked(sam, ruth, now + number * A_DAY, 2, 1, 0, phrase="says nothing bad about you" if number else None)
    marked(sam, ruth, now - A_DAY, 0, 0, 0, phrase="too old")
    partly = marked(sam, ruth, now + 20 * A_DAY, 0, 0, 0)
    Rubric.objects.filter(pk=partly.pk).update(reaction=None)
    marked(PersonFactory(), ruth, now, 0, 0, 0)
    assert skills.of(sam) == (
        10,
        [
            ("Warmth for what they feel", "nearly always there"),
            ("Saying back what they mean", "on its way"),
            ("Opening a way to think further", "something to work on"),
        ],
        ["says nothing bad about you"] * 5,
    )
    assert skills.of(ruth) == (0, [], [])


@pytest.mark.parametrize("why", ["about a colleague", "stepped back"])
def test_marks_that_are_not_theirs_to_read(sam, ruth, now, why):
    row = marked(sam, ruth, now, 2, 2, 2, about_staff=why == "about a colleague")
    if why == "stepped back":
        row.version.draft.round.question.recusals.create(person=sam, at=now)
    assert skills.of(sam).marked == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_and_for_three(browser, sam, ruth, now, count, django_assert_num_queries):
    for number in range(count):
        marked(sam, ruth, now, 2, 1, 0, phrase="nothing bad")
        Kudos.objects.create(person=sam, giver=ruth, text="Thank you.", at=now)
        give(sam, now - number * A_DAY, hours=2)
    page = browser(sam)
    page.get("/desk/journey/")
    with django_assert_num_queries(7):  # session, person; hours, training, thanks, kudos, rubrics
        page.get("/desk/journey/")


def test_it_says_what_they_gave_and_nothing_of_how_they_were(browser, sam, ruth, now):
    Person.objects.filter(pk=sam.pk).update(thanked=3, answers_given=7)
    give(sam, now - A_DAY, hours=3, minutes=20)
    checking_in.check_in(person=sam, mood="hard", now=now)
    supporting.call(person=sam, words="Everything is too much.", now=now)
    marked(sam, ruth, now, 2, 2, 2, phrase="says nothing bad about you")
    page = browser(sam).get("/desk/journey/").content.decode()
    wanted = (
        "16 November 2026",
        "3 hours 20 minutes",
        ">7<",
        "3 askers",
        "nothing bad about you",
        "nearly always there",
    )
    assert [line for line in wanted if line not in page] == []
    assert [word for word in ("hard day", "too much", "Everything") if word in page] == []


def test_the_certificate_has_their_figures_and_the_name_they_typed(sam, ruth, now):
    Person.objects.filter(pk=sam.pk).update(answers_given=7)
    sam.refresh_from_db()
    give(sam, now - A_DAY, hours=3, minutes=59)
    passes(sam, "craft", ruth, now)
    paper = journey.certificate(sam, name="  Samira \u00a0 O'Hara\u200b ", now=now)
    assert paper == ("Samira O'Hara", 3, 7, ["Research and software"], TODAY, TODAY)
    assert journey.certificate(sam, name=" ", now=now).name == "Sam"
    with pytest.raises(Refused, match=r"^The name can have 80 characters at most\. It has 81\.$"):
        journey.certificate(sam, name="x" * 81, now=now)


def test_there_is_none_before_the_first_answer_was_sent(browser, sam, now):
    page, paper = browser(sam), "/desk/journey/certificate/"
    Person.objects.filter(pk=sam.pk).update(answers_given=0)
    said = "You can print one when your first answer has been sent."
    asked = page.get("/desk/journey/"), page.get(paper), page.post(paper, {"printed": ""})
    assert [(response.status_code, said in response.content.decode()) for response in asked] == [(200, True)] * 3
    words = "".join(response.content.decode() for response in asked)
    assert [word for word in ("Print a certificate</a>", "Make the page", "This is to thank") if word in words] == []
    assert "Print your certificate" not in page.get("/desk/leaving/").content.decode()
    sam.refresh_from_db()
    with pytest.raises(Refused, match="when your first answer has been sent"):
        journey.certificate(sam, name="", now=now)
    Person.objects.filter(pk=sam.pk).update(answers_given=1)
    assert "Print a certificate</a>" in page.get("/desk/journey/").content.decode()
    assert "Make the page" in page.get(paper).content.decode()


def test_the_name_stands_on_the_one_page_and_nowhere_after(browser, sam):
    page = browser(sam)
    response = page.post("/desk/journey/certificate/", {"printed": "Samira <O'Hara>"})
    text = response.content.decode()
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    assert [line for line in ("Samira &lt;O&#x27;Hara&gt;", "Signed", "Hours given") if line not in text] == []
    assert "Samira" not in page.get("/desk/journey/certificate/").content.decode()
    assert "Samira" not in page.get("/desk/journey/").content.decode()
    assert "Samira" not in str(dict(page.session))


@pytest.mark.parametrize("typed", ["x" * 81, "a\0b", "\u202e" * 90])
def test_a_name_that_cannot_be_is_a_sentence_and_stays_in_its_box(browser, sam, typed):
    response = browser(sam).post("/desk/journey/certificate/", {"printed": typed})
    assert (response.status_code, "There is a problem" in response.content.decode()) == (422, True)


def test_who_leaves_prints_it_until_their_last_day(browser, sam):
    Person.objects.filter(pk=sam.pk).update(leaving_on=TODAY)
    assert browser(sam).post("/desk/journey/certificate/", {"printed": ""}).status_code == 200


@pytest.mark.parametrize("path", ["/desk/journey/", "/desk/journey/certificate/"])
def test_it_is_for_those_who_answer(browser, clock, path):
    assert browser(ManagerFactory()).get(path).status_code == 403
