"""The ledger against the database: what a backup brought back goes again, what the ledger has lost is known again."""

from datetime import datetime

from questions import erasing, holding
from questions.partners import ending, keys
from questions.publication import withdrawing


def behind() -> int:
    """How many questions, locked notes, publications, keys, partners and webhooks the database has that the ledger says
    are gone.
    """
    asked = len(erasing.not_yet_erased()) + holding.back_again().count() + len(withdrawing.back_again())
    return asked + keys.back_again().count() + ending.back_again()


def replay(*, now: datetime) -> int:
    """Let them go again, so many. A run that was killed is run again."""
    taken_down = withdrawing.replay_ledger(now=now) + keys.replay_ledger(now=now)
    taken_down += ending.replay_ledger(now=now)
    return taken_down + erasing.replay_ledger(now=now) + holding.drop(holding.back_again())


def lost() -> list[str]:
    """The lines that the ledger lacks and this database alone still knows.

    Locked notes that were let go, and whatever was erased after the backup that this may be, nobody knows any more.
    """
    subjects = [row.subject for row in erasing.unnamed()] + [row.subject for row in withdrawing.unnamed()]
    return subjects + withdrawing.lines_missing() + keys.unnamed() + ending.unnamed()
