import pytest

from questions.intake import kept
from questions.publication import spelling


@pytest.fixture(autouse=True)
def _fresh():
    """What this process keeps for a minute belongs to the test before."""
    kept.forget()
    spelling.forget()
