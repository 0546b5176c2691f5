"""The service refuses to serve while database and ledger of erasures do not agree."""

from django.core import checks

from askpeer import ledger
from askpeer.checks import FIT


@checks.register(FIT, deploy=True)
def ledger_is_kept(databases=None, **kwargs) -> list[checks.CheckMessage]:
    from questions import replaying

    if not databases or not (behind := replaying.behind()):
        return []
    return [
        checks.Error(
            f"{behind} rows that were erased or ended are in this database again: questions, locked notes, "
            "publications, keys, partners or webhooks.",
            hint="Run manage.py restore --replay, which erases and ends them anew.",
            id="questions.E001",
        )
    ]


@checks.register(FIT, deploy=True)
def ledger_is_whole(databases=None, **kwargs) -> list[checks.CheckMessage]:
    from questions import erasing
    from questions.publication import withdrawing

    if not databases or not (lost := len(erasing.unnamed()) + len(withdrawing.unnamed())):
        return []
    return [
        checks.Error(
            f"The ledger (ASKPEER_LEDGER) does not name {lost} erased questions or publications that this database "
            "knows of.",
            hint="Bring the ledger back from its copy. If it is gone for good: manage.py restore --begin-ledger.",
            id="questions.E002",
        )
    ]


@checks.register(FIT, deploy=True)
def ledger_can_be_read(databases=None, **kwargs) -> list[checks.CheckMessage]:
    if not databases or not (numbers := ledger.unreadable()):
        return []
    return [
        checks.Error(
            f"The ledger (ASKPEER_LEDGER) names nothing in line {', '.join(map(str, numbers))}.",
            hint="Bring it back from its copy, or correct the line: a moment, a space, a kind, a colon, an id.",
            id="questions.E003",
        )
    ]
