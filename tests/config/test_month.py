"""The simulated month: small, but through every verb; what it says of missed promises has to be able to be wrong."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from config.demo.month import arriving, drawing, figures, plan, running, telling
from questions.models import Round

SVG = "{http://www.w3.org/2000/svg}"
HOUR = timedelta(hours=1)
DUE = datetime(2026, 5, 12, 17, tzinfo=UTC)  # closing time, London's summer clock
TOLD = DUE


@pytest.fixture(scope="module")
def months(tmp_path_factory):
    """The same load twice, side by side, where the caller's own settings name places that must stay as they are."""
    home = tmp_path_factory.mktemp("own")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ASKPEER_HOME", str(home))
        environment.setenv("DATABASE_URL", f"sqlite:///{home}/own.sqlite3")
        environment.setenv("ASKPEER_LEDGER", str(home / "erased.txt"))
        found = running.run(loads=[150, 150], questions=20, seed=7)
    assert list(home.iterdir()) == []
    return found


def test_no_promise_is_missed_without_an_apology_and_a_new_date(months):
    month = months[0]
    assert month.late > 0
    assert (month.breaches, month.unanswered) == (0, 0)
    assert (month.told, month.redated + month.soon) == (month.late, month.late)


def test_its_figures_add_up(months):
    month = months[0]
    assert month.asked + month.turned_away == 30
    assert month.asked + month.follow_ups == month.rounds == month.on_time + month.late
    assert sum(month.promised.values()) == month.rounds
    assert month.reminders["late"] + month.reminders["undated"] + month.reminders["again"] > 0
    assert len(month.seen) == 31 * 12
    assert all(late <= waiting for _, waiting, late in month.seen)
    assert 0 < month.busy["advisors"] < 1.5


def test_the_same_seed_gives_the_same_month(months):
    assert months[0] == months[1]


def test_its_picture_has_a_title_and_each_load_in_both_panels(months):
    tree = ElementTree.fromstring(drawing.draw([months[0]] * 3))
    assert tree.findtext(f"{SVG}title") == "A simulated May 2026: questions that wait"
    drawn = Counter(path.findtext(f"{SVG}title") for path in tree.iter(f"{SVG}path") if path.get("class")[:4] == "line")
    assert drawn == {
        "Questions waiting for an answer at 150 % load": 3,
        "Of these, past the promised moment at 150 % load": 3,
    }


def test_its_table_has_a_column_for_each_load(months):
    lines = telling.table(months).splitlines()
    assert {line.count("|") for line in lines} == {4}
    assert lines[2].split("|")[1].strip() == "questions asked"
    assert lines[-1].replace(" ", "") == "|**missedwithoutanapologyandanewdate**|**0**|**0**|"


@pytest.mark.django_db
@pytest.mark.usefixtures("calendar")
@pytest.mark.parametrize(
    ("told", "dated", "answered", "how"),
    [
        (None, DUE + 17 * HOUR, None, ""),
        (TOLD, None, None, ""),
        (TOLD, DUE + 18 * HOUR, None, "redated"),
        (TOLD, DUE + 18 * HOUR + timedelta(minutes=1), None, ""),
        (TOLD, None, DUE + 18 * HOUR, "answered"),
        (TOLD, None, DUE + 19 * HOUR, ""),
        (TOLD, DUE + 17 * HOUR, DUE + 18 * HOUR, "redated"),
    ],
    ids=[
        "a date, and never told",
        "told, and never a date",
        "a date after two staffed hours to the minute",
        "a date a minute later",
        "answered within two hours",
        "answered after three, with no date",
        "a date and the answer",
    ],
)
def test_what_counts_as_a_breach(told, dated, answered, how):
    question = uuid4()
    turn = Round(question_id=question, number=1, due_at=DUE, answered_at=answered)
    moments = [{} if moment is None else {(question, 1): moment} for moment in (told, dated)]
    assert figures.how_kept_up(turn, *moments) == how


@pytest.mark.django_db
@pytest.mark.usefixtures("calendar")
def test_questions_come_mostly_in_the_evening_and_on_sundays_and_never_during_the_outage():
    came = arriving.arrivals(4000, Random(3))
    local = [arrival.at + HOUR for arrival in came]
    assert len(came) == 4000
    assert sorted(came, key=lambda one: one.at) == came
    assert not [one for one in came if not plan.is_up(one.at)]
    assert Counter(moment.hour for moment in local).most_common(1)[0][0] in {20, 21, 22}
    first_weeks = Counter(moment.strftime("%a") for moment in local if 3 <= moment.day < 17)
    assert first_weeks.most_common(1)[0][0] == "Sun"


@pytest.mark.django_db
@pytest.mark.usefixtures("calendar")
@pytest.mark.parametrize("questions", [20, 700, 3000])
def test_at_full_load_the_rota_has_just_the_hours_that_it_takes(questions):
    planned, turns = plan.advisors(questions), len(plan.working_days()) * plan.SHIFTS_A_WEEK / 5
    assert len(plan.working_days()) == 19
    assert planned.people * turns * planned.turn == pytest.approx(plan.advisors_need(questions), abs=HOUR)
    assert planned.turn <= 3.5 * HOUR


@pytest.mark.django_db
def test_a_month_without_questions_is_refused(tmp_path):
    with pytest.raises(CommandError, match=r"A load and a number of questions are 1 or more\."):
        call_command("demo", "--month", "--load", "0", "--out", str(tmp_path / "month.svg"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("out", [".", "nowhere/month.svg"], ids=["a folder", "in a folder that is not there"])
def test_a_picture_that_cannot_be_written_is_refused_before_the_month_begins(tmp_path, out):
    with pytest.raises(CommandError, match=r"No picture can be written to .*\. Let --out name a file in a folder"):
        call_command("demo", "--month", "--load", "1", "--questions", "1", "--out", str(tmp_path / out))
