import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from questions import states
from questions.models import Reminder, Round
from questions.states import MOVES, NEW, STATUSES, WITHDRAWN

DOCS = Path(__file__).parents[2] / "docs"
STATECHART, TIME = DOCS / "statechart.md", DOCS / "time.md"


def reachable(start):
    found, ahead = set(), {start}
    while ahead:
        found |= ahead
        ahead = {to for came_from, to in MOVES if came_from in ahead} - found
    return found


def test_every_status_can_be_reached_from_the_first():
    assert reachable(NEW) == set(STATUSES)


@pytest.mark.parametrize("status", [status for status in STATUSES if status != WITHDRAWN])
def test_the_asker_can_erase_in_every_status(status):
    assert MOVES[status, WITHDRAWN] == {states.ASKER, states.SERVICE}


def test_nothing_leads_out_of_withdrawn_and_nothing_stays_where_it_is():
    assert [move for move in MOVES if move[0] == WITHDRAWN or move[0] == move[1]] == []


def test_every_move_is_between_statuses_and_made_by_known_roles():
    assert {status for move in MOVES for status in move} == set(STATUSES)
    assert set().union(*MOVES.values()) == set(states.ROLES)
    assert [move for move, roles in MOVES.items() if not roles] == []


def test_statuses_and_roles_are_named_once():
    assert (len(set(STATUSES)), len(set(states.ROLES)), len(set(states.LEVELS))) == (10, 4, 3)


def test_an_advisor_never_brings_the_asker_anything_on_their_own():
    """What an advisor sends is the acceptance of a supervisor's edit, and starts in review."""
    shown = {states.ANSWERED, states.REDIRECTED, states.PENDING_ASKER}
    advisor = {move for move, roles in MOVES.items() if states.ADVISOR in roles and move[1] in shown}
    assert advisor == {(states.IN_REVIEW, states.ANSWERED), (states.IN_REVIEW, states.PENDING_ASKER)}


def test_only_a_supervisor_lets_a_question_out_of_triage():
    assert {to: roles for (came_from, to), roles in MOVES.items() if came_from == NEW and to != WITHDRAWN} == {
        states.OPEN: {states.SUPERVISOR},
        states.REDIRECTED: {states.SUPERVISOR},
    }


def test_the_clock_makes_only_moves_that_the_table_has():
    made = {move for move, roles in MOVES.items() if states.SERVICE in roles}
    rung = {
        (states.IN_PROGRESS, states.OPEN),
        (states.CHANGES_REQUESTED, states.OPEN),
        (states.PENDING_ASKER, states.IN_PROGRESS),
        (states.ANSWERED, states.CLOSED),
        (states.REDIRECTED, states.CLOSED),
        (states.CLOSED, states.WITHDRAWN),
    }
    assert rung - made == set()
    assert {to for _, to in rung} == set(states.MOVING_RUNGS.values())


def test_the_stages_with_a_budget_are_those_in_which_the_promise_runs():
    assert set(states.BUDGETS) == states.PROMISED
    assert states.PENDING_ASKER not in states.PROMISED
    assert set(STATUSES) - states.UNFINISHED == {states.ANSWERED, states.REDIRECTED, states.CLOSED, WITHDRAWN}


def test_the_budgets_on_the_straight_way_leave_a_buffer():
    straight = [states.BUDGETS[status] for status in (NEW, states.OPEN, states.IN_PROGRESS, states.IN_REVIEW)]
    assert straight == [0.05, 0.20, 0.40, 0.20]


def test_the_page_of_time_says_the_budgets():
    said = re.search(r"Each stage has its share of (.*?)\. A red", TIME.read_text(), re.DOTALL)[1]
    stages = (NEW, states.OPEN, states.IN_PROGRESS, states.IN_REVIEW, states.CHANGES_REQUESTED)
    assert [int(share) for share in re.findall(r"(\d+) %", said)] == [
        round(states.BUDGETS[one] * 100) for one in stages
    ]


def test_every_rung_has_an_audience_and_a_column_that_holds_its_name():
    staff = {kind for kind, _ in states.STAGE_RUNGS} | {"returned"} | set(filter(None, Round.Reached.values))
    assert set(states.AUDIENCE) == staff
    longest = max(map(len, [*states.AUDIENCE, *states.MOVING_RUNGS]))
    assert longest <= Reminder._meta.get_field("kind").max_length


def test_what_is_returned_is_held_and_has_a_budget():
    assert states.RETURNED_FROM - states.HELD - set(states.BUDGETS) == set()


def test_the_statechart_draws_every_move():
    drawn = StringIO()
    call_command("statechart", stdout=drawn)
    arrows = [line.strip() for line in drawn.getvalue().splitlines() if "-->" in line]
    expected = [
        f"{came_from} --> {to}" + ("" if to == WITHDRAWN else f" : {', '.join(sorted(roles))}")
        for (came_from, to), roles in MOVES.items()
    ]
    assert sorted(arrows) == sorted([f"[*] --> {NEW}", *expected, f"{WITHDRAWN} --> [*]"])


def test_the_documented_statechart_is_the_one_that_the_command_draws():
    drawn = StringIO()
    call_command("statechart", stdout=drawn)
    assert STATECHART.read_text().split("```mermaid\n")[1].split("```")[0] == drawn.getvalue()
