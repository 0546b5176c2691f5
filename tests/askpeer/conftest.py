import pytest


@pytest.fixture(autouse=True)
def ledger(settings, tmp_path):
    """The ledger of this test alone; the trail's head file lies beside it."""
    settings.LEDGER = tmp_path / "kept" / "erased.txt"
    return settings.LEDGER
