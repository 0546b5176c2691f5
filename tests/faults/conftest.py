"""Faults on purpose: processes killed, servers that break off, clocks set wrong. The figures stand at the end of a run.

Every test here runs small in `manage.py test`, and at the size that LONG asks for under `manage.py faults`.
"""

import pytest

FIGURES = pytest.StashKey()


def pytest_configure(config):
    config.stash[FIGURES] = []


@pytest.fixture
def figure(request):
    """figure("2,000 questions, 60 kills", "0 lost, 3 extra letters"): a line of the table at the end."""
    return lambda what, found: request.config.stash[FIGURES].append((what, found))


def pytest_terminal_summary(terminalreporter, config):
    if rows := config.stash[FIGURES]:
        terminalreporter.section("figures")
        for what, found in rows:
            terminalreporter.write_line(f"{what}: {found}")
