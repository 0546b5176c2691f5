import re
import shutil
import subprocess
import sys
import tomllib

import pytest

from config import bootstrap

OUTSIDE = [sys.executable, "-S", "manage.py"]  # -S: no site-packages, as on a machine where nothing is installed


@pytest.fixture
def built(tmp_path):
    """A function that marks an environment as built for a command, and the two directories it concerns."""
    locks, venv = tmp_path / "lock", tmp_path / ".venv"
    shutil.copytree(bootstrap.LOCK_DIR, locks)
    venv.mkdir()
    return lambda command: bootstrap.mark_built(command, venv, locks), venv, locks


def test_an_environment_without_a_mark_is_not_built(built):
    _, venv, locks = built

    assert bootstrap.is_built("start", venv, locks) is False
    assert bootstrap.is_built("start", venv / "missing", locks) is False


def test_start_builds_what_start_needs_alone(built):
    mark, venv, locks = built
    mark("start")

    assert bootstrap.is_built("start", venv, locks) is True
    assert bootstrap.is_built("test", venv, locks) is False


def test_test_builds_what_both_need(built):
    mark, venv, locks = built
    mark("test")

    assert bootstrap.is_built("start", venv, locks) is True
    assert bootstrap.is_built("test", venv, locks) is True


def test_a_changed_lock_is_built_again(built):
    mark, venv, locks = built
    mark("test")
    (locks / "run.txt").write_text("django==5.2.0\n")

    assert bootstrap.is_built("start", venv, locks) is False
    assert bootstrap.is_built("test", venv, locks) is True


@pytest.fixture
def checkout(tmp_path):
    """What a fresh checkout has of us, without an environment."""
    shutil.copy(bootstrap.BASE_DIR / "manage.py", tmp_path)
    shutil.copytree(bootstrap.LOCK_DIR, tmp_path / "config" / "lock")
    for name in ("__init__.py", "bootstrap.py"):
        shutil.copy(bootstrap.BASE_DIR / "config" / name, tmp_path / "config")
    return tmp_path


def run(checkout, *arguments):
    return subprocess.run([*OUTSIDE, *arguments], cwd=checkout, capture_output=True, text=True, check=False)


def echoing_environment(checkout):
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "inside: $*"\n')
    python.chmod(0o755)


def test_a_built_environment_takes_over_with_the_same_arguments(checkout):
    echoing_environment(checkout)
    bootstrap.mark_built("test", checkout / ".venv", checkout / "config" / "lock")

    assert run(checkout, "start", "--no-demo").stdout == "inside: manage.py start --no-demo\n"
    assert run(checkout, "test", "-k", "a b").stdout == "inside: manage.py test -k a b\n"
    assert run(checkout, "demo", "--json").stdout == "inside: manage.py demo --json\n"


def test_install_builds_what_start_needs_and_makes_no_secrets(checkout, built):
    mark, venv, locks = built
    mark("install")
    assert (bootstrap.is_built("start", venv, locks), bootstrap.is_built("test", venv, locks)) == (True, False)
    inside = subprocess.run(
        [sys.executable, "manage.py", "install"], cwd=checkout, capture_output=True, text=True, check=False
    )
    assert (inside.stdout, inside.stderr) == (f"Installed for {sys.prefix}\n", "")
    assert not (checkout / "var").exists()


def test_other_commands_say_what_builds_the_environment(checkout):
    outcome = run(checkout, "demo")

    assert outcome.returncode == 1
    assert outcome.stderr == (
        "Django is not installed here. `python3 manage.py start` installs it; then run this again.\n"
    )


def test_an_old_python_is_told_so(monkeypatch):
    monkeypatch.setattr(bootstrap, "OLDEST", (99, 0))

    with pytest.raises(SystemExit) as refusal:
        bootstrap.ensure("start")
    assert str(refusal.value).startswith("askpeer needs Python 3.11 or newer, and this is Python 3.")


def pins(name):
    text = (bootstrap.LOCK_DIR / name).read_text()
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))


def test_the_tests_run_against_the_versions_that_run():
    assert {name: pins("test.txt").get(name) for name in pins("run.txt")} == pins("run.txt")


@pytest.mark.parametrize("name", ["run.txt", "test.txt", "uv.txt"])
def test_every_pin_is_hashed_and_no_host_is_named(name):
    text = (bootstrap.LOCK_DIR / name).read_text()
    entries = re.split(r"\n(?=\S)", text.strip())

    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text


def test_everything_asked_for_is_locked():
    project = tomllib.loads((bootstrap.BASE_DIR / "pyproject.toml").read_text())
    asked = {
        "run.txt": project["project"]["dependencies"],
        "test.txt": project["project"]["dependencies"] + project["dependency-groups"]["test"],
    }

    for lock, requirements in asked.items():
        names = {re.match(r"[a-z0-9-]+", requirement)[0] for requirement in requirements}
        assert names - pins(lock).keys() == set()
