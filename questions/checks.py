"""The service refuses to serve while the database is behind the ledger of erasures."""

from django.core import checks

from askpeer.checks import FIT


@checks.register(FIT, deploy=True)
def ledger_is_kept(databases=None, **kwargs) -> list[checks.CheckMessage]:
    from questions import erasing, holding

    if not databases or not (behind := len(erasing.not_yet_erased()) + holding.back_again().count()):
        return []
    return [
        checks.Error(
            f"{behind} erased questions or locked notes are in this database again.",
            hint="Run manage.py restore --replay, which erases them anew.",
            id="questions.E001",
        )
    ]
