"""Imports run down only; apps on one floor keep out of each other's views and forms."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
FLOORS = ("config", "advisors", "questions", "askpeer")
DOORS = ("views", "forms")
RISKY = (
    r"shell=True|os\.system|os\.popen|getoutput|/bin/sh|\beval\(|\bexec\(|import pickle|import yaml|from random"
    r"|import random|md5|sha1\b"
)


def lint(directory):
    script = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([script, "--no-cache"], cwd=directory, capture_output=True, text=True, check=False)


def test_the_contract_holds():
    outcome = lint(ROOT)

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_an_upward_import_breaks_the_contract(tmp_path):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for floor in FLOORS:
        shutil.copytree(ROOT / floor, tmp_path / floor, ignore=shutil.ignore_patterns("*.pyc", "static", "locale"))
    (tmp_path / "askpeer" / "upward.py").write_text("import questions.states\n")
    outcome = lint(tmp_path)

    assert outcome.returncode == 1
    assert "askpeer is not allowed to import questions" in outcome.stdout


def test_no_text_becomes_a_command_or_code_and_chance_is_for_the_simulated_month_alone():
    """One shell there is: it reads the lines of our own Procfile."""
    code = [path for floor in FLOORS for path in sorted((ROOT / floor).rglob("*.py"))]
    found = [f"{path.relative_to(ROOT)}: {what}" for path in code for what in re.findall(RISKY, path.read_text())]
    assert [line for line in found if not line.startswith("config/demo/month/")] == ["config/processes.py: /bin/sh"]


def app_of(module):
    return module.split(".")[:2]


ABOVE = {"signoff", "beside", "safeguarding", "managing"}
BESIDE = {"duty": set(), "team": {"duty"}, "drafting": {"duty", "team"}}


def test_inside_advisors_each_uses_whom_it_may():
    graph = grimp.build_graph("advisors", cache_dir=None)
    apps = ABOVE | set(BESIDE)
    used = {
        (module.split(".")[1], other.split(".")[1])
        for module in graph.modules
        if app_of(module)[1:] and app_of(module)[1] in apps
        for other in graph.find_modules_directly_imported_by(module)
        if app_of(other)[1:] and app_of(other)[1] in apps
    }
    assert {(one, other) for one, other in used if one in BESIDE and other not in BESIDE[one] | {one}} == set()


def test_no_app_imports_a_siblings_views_or_forms():
    graph = grimp.build_graph(*FLOORS, cache_dir=None)
    doors = [module for module in graph.modules if module.count(".") >= 2 and module.split(".")[2] in DOORS]
    trespasses = [
        f"{importer} imports {door}"
        for door in doors
        for importer in graph.find_modules_that_directly_import(door)
        if importer.split(".")[0] == door.split(".")[0] and app_of(importer) != app_of(door)
    ]

    assert trespasses == []
