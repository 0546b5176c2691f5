"""Who asked and what they said: whole months alone, small numbers hidden, and those erased since still counted."""

from datetime import UTC, date, datetime

import pytest

from advisors.managing.figures import askers, period, report
from advisors.managing.figures.figure import Figure
from advisors.managing.figures.period import Period
from questions import erasing, moves
from questions.models import Feedback, Question
from questions.partners.models import Partner
from tests.advisors.managing.figures.rows import DAY, answered, asked
from tests.factories import TopicFactory

pytestmark = pytest.mark.django_db
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
FEW_DAYS = Period(date(2026, 10, 5), date(2026, 10, 9))
THIS_MONTH = Period(date(2026, 11, 1), date(2026, 11, 30))
THEN = datetime(2026, 10, 7, 11, tzinfo=UTC)


@pytest.fixture
def ledger(settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"


@pytest.mark.parametrize(
    ("chosen", "told"),
    [(Period(date(2026, 9, 1), date(2026, 9, 30)), "September 2026")]
    + [(one, "October 2026") for one in (OCTOBER, FEW_DAYS, THIS_MONTH)],
)
def test_whatever_days_are_chosen_askers_are_told_of_by_a_whole_month_that_is_over(calendar, now, chosen, told):
    assert askers.ages(chosen, now=now).of == told
    assert askers.feedback(chosen, now=now).of == told


@pytest.mark.parametrize(
    ("moment", "told"), [((2026, 10, 31, 23, 59), "September 2026"), ((2026, 11, 1), "October 2026")]
)
def test_a_month_is_over_at_midnight_of_the_services_clock(calendar, moment, told):
    assert period.told_of_askers(OCTOBER, now=datetime(*moment, tzinfo=UTC)).label == told


def test_topics_levels_and_ways_with_those_erased_since(calendar, now, ledger):
    lonely, rare = TopicFactory(label="Lonely"), TopicFactory(label="Rare")
    harbour = Partner.objects.create(name="Harbour", slug="harbour")
    for number in range(12):
        question = asked(THEN, topic=lonely, level="amber")
        if number < 11:
            erasing.erase(question, by=moves.SERVICE, now=now)
        asked(THEN, topic=rare if number < 2 else None, partner=harbour)
        asked(THEN, partner=harbour)
    assert askers.topics(OCTOBER, now=now).rows == [
        ("Lonely", (None, None)),
        ("Rare", (None, None)),
        ("No topic", (22, "61 %")),
    ]
    assert askers.levels(OCTOBER, now=now).rows == [
        ("Green", (24, "67 %")),
        ("Amber", (None, None)),
        ("Red", (None, None)),
    ]
    assert askers.partners(OCTOBER, now=now).rows == [("Our own pages", (10, "28 %")), ("Harbour", (20, "56 %"))]
    assert askers.ages(OCTOBER, now=now).rows == [
        ("11-12", (None, None)),
        ("13-15", (25, "69 %")),
        ("16-17", (None, None)),
        ("18-21", (None, None)),
        ("22-25", (None, None)),
        ("Rather not say", (None, None)),
        ("Erased since", (None, None)),
    ]


def test_nations_and_languages_that_we_do_not_know_are_one_row(calendar, now):
    for nation, language, count in (("GB-ENG", "en", 12), ("XX", "xx", 10), ("ELSE", "yy", 10), ("", "nl", 10)):
        for _ in range(count):
            asked(THEN, nation=nation, language=language)
    rows = askers.nations(OCTOBER, now=now).rows
    assert [row for row in rows if row[1][0] is not None] == [
        ("England", (10, "24 %")),
        ("Somewhere else", (20, "48 %")),
    ]
    assert askers.languages(OCTOBER, now=now).rows == [
        ("English", (12, "29 %")),
        ("Dutch", (10, "24 %")),
        ("Another", (20, "48 %")),
    ]


def test_a_row_that_can_only_be_nought_hides_no_other_one(calendar, now):
    """Nobody under 11 can ask, nor in a language that we do not have: of 9 and 0, the 9 would be the rest."""
    for count, band, language in ((9, "13-15", "en"), (20, "16-17", "en"), (30, "18-21", "nl")):
        for _ in range(count):
            asked(THEN, age_band=band, language=language)
    assert [label for label, _ in askers.ages(OCTOBER, now=now).rows] == [
        *("11-12", "13-15", "16-17", "18-21", "22-25", "Rather not say", "Erased since")
    ]
    assert askers.languages(OCTOBER, now=now).rows == [("English", (29, "49 %")), ("Dutch", (30, "51 %"))]


def test_an_erasure_within_a_step_of_five_shows_nothing(calendar, now, ledger):
    school = {"partner": Partner.objects.create(name="Harbour", slug="harbour"), "by_button": True}
    for band in ("11-12", "13-15", "16-17", "18-21", "22-25", "rather-not-say"):
        for _ in range(13):
            question = asked(THEN, age_band=band, nation="GB-ENG", **school)
    for _ in range(11):
        erasing.erase(asked(THEN, age_band="13-15", nation="GB-ENG"), by=moves.SERVICE, now=now)
    read = (askers.ages, askers.nations, askers.partners)
    before = [figure(OCTOBER, now=now) for figure in read]
    erasing.erase(question, by=moves.SERVICE, now=now)
    assert [figure(OCTOBER, now=now) for figure in read] == before
    assert before[0].rows[0] == ("11-12", (10, "11 %"))
    assert before[2].rows == [("Our own pages", (10, "11 %")), ("Harbour", (75, "84 %"))]
    assert {figure.note for figure in before} == {"In steps of 5, rounded down."}


@pytest.mark.parametrize(
    ("yes", "whole", "expected"),
    [
        (9, 9, None),
        (9, 40, None),
        (10, 40, "25 %"),
        (30, 40, "75 %"),
        (31, 40, "77 % or more"),
        (40, 40, "77 % or more"),
        (10, 10, "10 % or more"),
        (0, 0, None),
    ],
)
def test_a_share_tells_of_nobody_who_said_otherwise(yes, whole, expected):
    assert askers.share(yes, whole) == expected


def test_what_they_said_shows_nothing_of_an_erasure_within_a_step_of_five(calendar, now, ledger):
    """A share of 24, looked at before and after, would say whether whoever erased theirs just now had felt heard."""
    rows = [answered(THEN, THEN) for _ in range(24)]
    for number, row in enumerate(rows):
        Feedback.objects.create(round=row.round, felt_heard=number < 13, next_step=True, sent_at=THEN)
    before = askers.feedback(OCTOBER, now=now).rows, report.read(OCTOBER, now=now).said
    for row in rows[:1], rows[-1:]:
        erasing.erase(*row, by=moves.SERVICE, now=now)
        assert (askers.feedback(OCTOBER, now=now).rows, report.read(OCTOBER, now=now).said) == before
    assert before[0][:2] == [("Felt heard", ("50 %",)), ("Know a next step", ("55 % or more",))]


def test_what_they_said_counts_in_the_month_in_which_they_said_it(calendar, now):
    for number in range(20):
        turn = answered(THEN - 30 * DAY, THEN - 20 * DAY).round
        Feedback.objects.create(round=turn, felt_heard=number < 10, knew_checked=None, next_step=True, sent_at=THEN)
    late = answered(THEN, THEN).round
    Feedback.objects.create(round=late, felt_heard=True, sent_at=OCTOBER.ends)
    assert askers.feedback(OCTOBER, now=now).rows == [
        ("Felt heard", ("50 %",)),
        ("Know a next step", ("55 % or more",)),
        ("Knew an expert checks", (None,)),
    ]


def test_no_figure_of_askers_shows_a_number_under_ten(calendar, now):
    topics = [TopicFactory(label=f"Topic {number}") for number in range(6)]
    for number, topic in enumerate(topics):
        for _ in range(4 * number):
            asked(THEN, topic=topic, age_band=["11-12", "13-15"][number % 2], nation=["GB-ENG", "GB-SCT"][number % 2])
    assert Question.objects.count() == 60
    shown = {number for figure in _all(now) for _, (number, *_) in figure.rows if number is not None}
    assert min(shown) >= 10


def test_of_cases_about_staff_no_figure_counts_any(calendar, now):
    """Beside the rounds of the same month, of which none is about staff, one more question would be such a case."""
    for number in range(12):
        Feedback.objects.create(round=answered(THEN, THEN).round, felt_heard=number < 10, sent_at=THEN)
    before = _all(now), askers.answers(OCTOBER), report.read(OCTOBER, now=now)
    case = answered(THEN, THEN, about_staff=True)
    Feedback.objects.create(round=case.round, felt_heard=True, sent_at=THEN)
    assert (_all(now), askers.answers(OCTOBER), report.read(OCTOBER, now=now)) == before
    assert (before[0][0].rows, before[2].asked, before[2].answered) == ([("No topic", (12, "100 %"))], "12", "12")


def _all(now) -> list[Figure]:
    readers = (askers.topics, askers.levels, askers.ages, askers.nations, askers.languages, askers.partners)
    return [reader(OCTOBER, now=now) for reader in readers]
