"""Thirteen guards of the service, each taken away in a copy of the source: the test that is there for it goes red."""

import os
import re
import shutil
import subprocess
import sys
import uuid
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from config import paths
from config.processes import tethered
from tests.faults.size import LONG

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

LEFT_BEHIND = (".*", "var", "__pycache__", "node_modules", "docs")
ALONE = "tests/advisors/signoff/test_the_database_alone.py"


class Guard(NamedTuple):
    """What holds something: where it stands, (file, old text, new text) each, and the test that has to miss it."""

    name: str
    without: tuple[tuple[str, str, str], ...]
    test: str


MOVES = "questions/moves.py"
QUESTIONS = "questions/models.py"
FIRST_QUESTIONS = "questions/migrations/0001_questions_rounds_messages.py"
ERASED = "\n                | Q(\n                    wrapped_key__isnull=True,"
GUARDS = (
    Guard(
        "unique row: one rung a stage",
        (
            (
                QUESTIONS,
                'fields=["question", "round_number", "stage", "kind"]',
                'fields=["question", "round_number", "stage", "kind", "id"]',
            ),
            (
                FIRST_QUESTIONS,
                "fields=('question', 'round_number', 'stage', 'kind')",
                "fields=('question', 'round_number', 'stage', 'kind', 'id')",
            ),
        ),
        f"{ALONE}::test_a_rung_rung_twice_is_one_row",
    ),
    Guard(
        "unique row: one outbox row a key",
        (
            (
                "askpeer/models.py",
                "key = models.CharField(max_length=160, unique=True)",
                "key = models.CharField(max_length=160)",
            ),
            (
                "askpeer/migrations/0001_hours_trail_outbox.py",
                "('key', models.CharField(max_length=160, unique=True))",
                "('key', models.CharField(max_length=160))",
            ),
        ),
        "tests/askpeer/test_outbox.py::test_a_key_is_put_once_and_the_first_row_stays",
    ),
    Guard(
        "unique row: one answer a round",
        (
            (
                QUESTIONS,
                'name="one_answer_a_round", condition=Q(kind="answer")',
                'name="one_answer_a_round", condition=Q(kind="no such")',
            ),
            (
                FIRST_QUESTIONS,
                "models.UniqueConstraint(condition=models.Q(('kind', 'answer'))",
                "models.UniqueConstraint(condition=models.Q(('kind', 'no such'))",
            ),
        ),
        f"{ALONE}::test_a_second_answer_in_a_round",
    ),
    Guard(
        "check: nobody approves their own words",
        (
            (
                "advisors/signoff/models.py",
                'condition=~Q(writer=F("approver")), name="nobody_approves_their_own"',
                'condition=Q(id__isnull=False), name="nobody_approves_their_own"',
            ),
            (
                "advisors/signoff/migrations/0001_reviews_and_wordings.py",
                "condition=models.Q(('writer', models.F('approver')), _negated=True), name='nobody_approves_their_own'",
                "condition=models.Q(('id__isnull', False)), name='nobody_approves_their_own'",
            ),
        ),
        f"{ALONE}::test_an_approval_of_ones_own_words",
    ),
    Guard(
        "check: withdrawn is erased",
        (
            (
                QUESTIONS,
                f"condition=~Q(status=states.WITHDRAWN){ERASED}",
                f"condition=Q(status__isnull=False){ERASED}",
            ),
            (
                "questions/migrations/0003_masked_names.py",
                "models.CheckConstraint(condition=models.Q(models.Q(('status', 'withdrawn'), _negated=True)",
                "models.CheckConstraint(condition=models.Q(models.Q(('status__isnull', False))",
            ),
        ),
        f"{ALONE}::test_an_erased_question_that_gets_its_key_or_its_receipt_back",
    ),
    Guard(
        "guarded UPDATE: a move finds the row as it was read",
        (
            (
                MOVES,
                "pk=question.pk, status=question.status, version=question.version, level=question.level",
                "pk=question.pk",
            ),
        ),
        "tests/questions/test_moves.py::test_the_second_of_two_movers_is_stale_and_changes_nothing",
    ),
    Guard(
        "lease: who lost a row does not settle it",
        (
            (
                "askpeer/outbox.py",
                "filter(pk=row.pk, state=State.LEASED, attempts=row.attempts)",
                "filter(pk=row.pk)",
            ),
        ),
        "tests/askpeer/test_outbox.py::test_a_lease_that_ran_out_is_freed_and_the_first_relay_cannot_settle_it",
    ),
    Guard(
        "digest: what is sent is what was approved",
        (("questions/answering.py", "if prose.digest(text, key=question.key()) != digest:", "if False:"),),
        "tests/questions/test_answering.py::test_other_words_than_the_approved_ones_are_refused",
    ),
    Guard(
        "AAD: a sealed value opens in its place alone",
        (
            (
                "askpeer/vault.py",
                'return b"".join(len(raw).to_bytes(2, "big") + raw for raw in (name.encode() for name in names))',
                'return b""',
            ),
        ),
        "tests/askpeer/test_vault.py::test_a_value_copied_to_another_place_does_not_open",
    ),
    Guard(
        "ledger: an erasure is on disk before its commit",
        (("questions/erasing.py", "    ledger.record(question.subject, now=now)\n", ""),),
        "tests/questions/test_erasing.py::"
        "test_the_ledger_has_the_erasure_before_the_commit_and_keeps_it_through_a_rollback",
    ),
    Guard(
        "triggers: the trail is append-only",
        (
            (
                "askpeer/apps.py",
                '        triggers.append_only(models.TrailEntry, fill_once=("seal_id", "place"))\n',
                "",
            ),
        ),
        "tests/askpeer/test_history.py::test_raw_sql_is_refused_as_well",
    ),
    Guard(
        "compare-and-set: a key that changed meanwhile is not re-wrapped",
        (("askpeer/rotating.py", "filter(pk=pk, wrapped_key=old)", "filter(pk=pk)"),),
        f"{ALONE}::test_a_key_that_was_re_wrapped_meanwhile_is_left_as_it_is",
    ),
    Guard(
        "rule: a partner's key opens nothing that came by its button",
        (("questions/partners/entering.py", " or question.by_button", ""),),
        "tests/questions/partners/test_matrix.py::"
        "test_words_that_are_not_its_own_tell_a_partner_nothing_and_change_nothing",
    ),
)
SHORT = ("AAD: a sealed value opens in its place alone", "ledger: an erasure is on disk before its commit")
TRIED = [guard for guard in GUARDS if LONG or guard.name in SHORT]


def test_there_are_thirteen():
    assert (len({guard.name for guard in GUARDS}), len(TRIED)) == (13, 13 if LONG else 2)


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_each_stands_where_it_is_said_to_stand_and_has_its_test(guard):
    for file, old, new in guard.without:
        assert ((paths.BASE_DIR / file).read_text().count(old), old != new) == (1, True)
    file, name = guard.test.split("::")
    assert (paths.BASE_DIR / file).read_text().count(f"def {name}(") == 1


@pytest.mark.parametrize("guard", TRIED, ids=lambda guard: guard.name)
def test_without_it_its_test_goes_red(guard, tmp_path, figure):
    copy = tmp_path / "copy"
    shutil.copytree(paths.BASE_DIR, copy, ignore=shutil.ignore_patterns(*LEFT_BEHIND))
    if LONG:  # else this very run says that it is green
        assert run(copy, guard.test) == (0, set())
    for file, old, new in guard.without:
        path = copy / file
        path.write_text(path.read_text().replace(old, new))
    found = run(copy, guard.test)
    assert found == (1, {guard.test})
    figure(f"without {guard.name}", "its test goes red")


def run(copy, test):
    """Run one test in a copy of the source: (pytest's exit status, the tests that failed, without their cases)."""
    with own_environment() as env:
        done = subprocess.run(
            tethered([sys.executable, "-m", "pytest", "-n0", "-p", "no:randomly", "-x", "-q", "-rf", test]),
            cwd=copy,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=300,
            check=False,
        )
    failed = re.findall(r"^FAILED ([^\s\[]+)", done.stdout, re.MULTILINE)
    assert done.returncode in {0, 1}, done.stdout
    return done.returncode, set(failed)


@contextmanager
def own_environment():
    """That of this test run, with a test database that is no other run's."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "HYPOTHESIS_"))}
    url = urlsplit(env.get("DATABASE_URL", ""))
    if not url.scheme.startswith("postgres"):
        yield env
        return
    name = f"guards_{uuid.uuid4().hex[:8]}"
    try:
        yield env | {"DATABASE_URL": urlunsplit(url._replace(path=f"/{name}"))}
    finally:
        with psycopg.connect(urlunsplit(url._replace(path="/postgres")), autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS test_{name} WITH (FORCE)")
