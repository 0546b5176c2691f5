"""The lists of docs/: every line of a standard is there, and what a line names as its proof exists."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import global_settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
LISTS = ("asvs.md", "childrens-code.md")
# ASVS 5.0.0, levels 1 and 2: section and its numbers.
ASVS = {
    "1.1": "1-2", "1.2": "1-9", "1.3": "1-11", "1.4": "1-3", "1.5": "1-2",
    "2.1": "1-3", "2.2": "1-3", "2.3": "1-4", "2.4": "1",
    "3.2": "1-2", "3.3": "1-4", "3.4": "1-6", "3.5": "1-5", "3.7": "1-2",
    "4.1": "1-3", "4.2": "1", "4.3": "1-2", "4.4": "1-4",
    "5.1": "1", "5.2": "1-3", "5.3": "1-2", "5.4": "1-3",
    "6.1": "1-3", "6.2": "1-12", "6.3": "1-4", "6.4": "1-4", "6.5": "1-5", "6.6": "1-3", "6.8": "1-4",
    "7.1": "1-3", "7.2": "1-4", "7.3": "1-2", "7.4": "1-5", "7.5": "1-2", "7.6": "1-2",
    "8.1": "1-2", "8.2": "1-3", "8.3": "1", "8.4": "1",
    "9.1": "1-3", "9.2": "1-4",
    "10.1": "1-2", "10.2": "1-2", "10.3": "1-4", "10.4": "1-11", "10.5": "1-5", "10.6": "1-2", "10.7": "1-3",
    "11.1": "1-2", "11.2": "1-3", "11.3": "1-3", "11.4": "1-4", "11.5": "1", "11.6": "1",
    "12.1": "1-3", "12.2": "1-2", "12.3": "1-4",
    "13.1": "1", "13.2": "1-5", "13.3": "1-2", "13.4": "1-5",
    "14.1": "1-2", "14.2": "1-4", "14.3": "1-3",
    "15.1": "1-3", "15.2": "1-3", "15.3": "1-7",
    "16.1": "1", "16.2": "1-5", "16.3": "1-4", "16.4": "1-3", "16.5": "1-3",
    "17.1": "1", "17.2": "1-4", "17.3": "1-2",
}  # fmt: skip
# What an operator may tell anybody. Whatever else the settings read is a secret, until somebody puts it here.
NO_SECRET = {
    "ALLOWED_HOSTS", "DEBUG", "PORT", "ASKPEER_CHECK_INS_DAYS", "ASKPEER_CLOSE_AFTER_DAYS", "ASKPEER_CONTACT",
    "ASKPEER_ERASE_AFTER_DAYS", "ASKPEER_FROM", "ASKPEER_HOME", "ASKPEER_IDEMPOTENCY_HOURS", "ASKPEER_LEASE_SECONDS",
    "ASKPEER_LEDGER", "ASKPEER_ORGANISATION", "ASKPEER_PROXIES", "ASKPEER_SECOND_FACTOR", "ASKPEER_URL",
}  # fmt: skip
WHOLE_CHAPTERS = {"V10.1.1 – V10.7.3": "10.", "V17.1.1 – V17.3.2": "17."}


def rows(name):
    """The cells of every row of the tables in a list, without their heads."""
    lines = [line for line in (DOCS / name).read_text().splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row in cells if not set(row[0]) <= {"-", " "} and row[-1] not in {"held by", "because"}]


def numbers(section):
    first, _, last = ASVS[section].partition("-")
    return [f"V{section}.{number}" for number in range(int(first), int(last or first) + 1)]


def test_levels_one_and_two_of_asvs_have_253_lines():
    assert sum(len(numbers(section)) for section in ASVS) == 253


def test_every_line_of_asvs_is_there_once():
    named = []
    for row in rows("asvs.md"):
        chapter = WHOLE_CHAPTERS.get(row[0])
        named += (
            [line for section in ASVS if section.startswith(chapter) for line in numbers(section)]
            if chapter
            else row[0].split(", ")
        )
    assert sorted(named) == sorted(line for section in ASVS for line in numbers(section))


def test_all_fifteen_standards_of_the_childrens_code_are_there():
    assert sorted({int(row[0].split()[0]) for row in rows("childrens-code.md")}) == list(range(1, 16))


@cache
def names_in(path):
    if not (ROOT / path).is_file():
        return frozenset()
    tree = ast.parse((ROOT / path).read_text())
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@cache
def settings_of_the_readme():
    return frozenset(re.findall(r"`([A-Z][A-Z_]+)`", (ROOT / "README.md").read_text()))


def what_is_wrong(held):
    kind, _, what = held.partition(": ")
    if kind == "test":
        named = [test.strip("`").partition("::") for test in what.split(", ")]
        return "" if all(name in names_in(path) for path, _, name in named) else "there is no such test"
    if kind == "setting":
        return "" if what.strip("`") in settings_of_the_readme() else "the README names no such setting"
    return "" if kind in {"operator", "not met"} and len(what) > 3 else "it names nothing"


@pytest.mark.parametrize("name", LISTS)
def test_what_holds_a_line_exists(name):
    held = [(row[0], row[-1]) for row in rows(name) if ": " in row[-1] or name != "asvs.md"]
    wrong = [f"{line}: {proof}: {fault}" for line, proof in held if (fault := what_is_wrong(proof))]
    assert "\n".join(wrong) == ""


def test_every_line_that_applies_names_its_proof():
    before, _, _ = (DOCS / "asvs.md").read_text().partition("## What does not apply")
    lines = [line for line in before.splitlines() if re.match(r"\| V\d", line)]
    assert [line for line in lines if not re.search(r"\| (test|setting|operator|not met): ", line)] == []


def test_every_table_stands_in_the_data_protection_page():
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    page = (DOCS / "data-protection.md").read_text().partition("## Tables")[2].partition("## Outside")[0]
    assert sorted(tables ^ set(re.findall(r"`([a-z]+_[a-z_]+)`", page))) == []


def test_every_secret_of_the_settings_stands_among_the_keys():
    keys = (DOCS / "data-protection.md").read_text().partition("## Keys")[2].partition("## Logs")[0]
    secrets = {name for name in settings_that_are_read() - NO_SECRET if f"`{name}`" not in keys}
    assert sorted(secrets) == []


def test_every_setting_stands_in_the_readme():
    assert sorted(settings_that_are_read() - settings_of_the_readme()) == []


def settings_that_are_read():
    """Every name of the environment in the code that reads it."""
    source = (ROOT / "config" / "settings.py").read_text() + (ROOT / "config" / "paths.py").read_text()
    return set(re.findall(r"""["'](ASKPEER_[A-Z_]+|[A-Z]+_(?:URL|KEY|HOSTS)|DEBUG|PORT)["']""", source))


def test_passwords_are_stored_by_a_slow_hash():
    """The settings choose no other than Django's first."""
    assert "PASSWORD_HASHERS" not in (ROOT / "config" / "settings.py").read_text()
    assert global_settings.PASSWORD_HASHERS[0].endswith(PBKDF2PasswordHasher.__name__)
    assert PBKDF2PasswordHasher.iterations >= 600_000
