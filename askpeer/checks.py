"""Start-up checks: what must hold before a page is served. Other floors register theirs under the same tag."""

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

# Tag of the checks that wsgi runs before it serves. They are deployment checks: `migrate`, which may be about to mend
# what they would complain of, does not run them.
FIT = "askpeer_fit"
UNDER_WAY = "askpeer.E003"


@checks.register(FIT, deploy=True)
def guards_stand(databases=None, **kwargs) -> list[checks.CheckMessage]:
    from askpeer import triggers

    return [
        checks.Error(f"The database has lost its guard {name}.", hint="Run manage.py migrate.", id="askpeer.E001")
        for using in databases or []
        for name in triggers.missing(using)
    ]


@checks.register(FIT, deploy=True)
def hours_are_set(databases=None, **kwargs) -> list[checks.CheckMessage]:
    from askpeer import calendars

    try:
        if databases:
            calendars.read()
    except ImproperlyConfigured as problem:
        return [checks.Error(str(problem), id="askpeer.E002")]
    return []


@checks.register(FIT, deploy=True)
def restore_came_to_its_end(databases=None, **kwargs) -> list[checks.CheckMessage]:
    from askpeer import backups

    if not backups.is_under_way():
        return []
    return [
        checks.Error(
            "A backup is being brought back, or that was broken off.",
            hint="Run manage.py restore FILE again, or restore --replay to go on with the database as it is.",
            id=UNDER_WAY,
        )
    ]


@checks.register(FIT, deploy=True)
def files_beside_are_there(databases=None, **kwargs) -> list[checks.CheckMessage]:
    from askpeer import heads, ledger
    from askpeer.models import TrailSeal

    # A head without a line is one that somebody made anew.
    gone = ledger.is_lost() or (heads.last() is None and not heads.is_anothers())
    if not databases or not gone or not TrailSeal.objects.exists():
        return []
    return [
        checks.Error(
            f"{settings.LEDGER} or {heads.path().name} beside it is gone, and this database is not a new one.",
            hint="Bring them back from their copy. If they are gone for good: manage.py restore --begin-ledger.",
            id="askpeer.E004",
        )
    ]


@checks.register(FIT, deploy=True)
def keys_open_what_is_kept(databases=None, **kwargs) -> list[checks.CheckMessage]:
    from askpeer import rotating

    return [
        checks.Error(
            f"Rows of this database need the key-encryption key {name!r}, and no such key of ASKPEER_KEKS opens them.",
            hint="Put it back into ASKPEER_KEKS, behind the one in use.",
            id="askpeer.E005",
        )
        for name in (rotating.unopened() if databases else [])
    ]


@checks.register(FIT, deploy=True)
def pepper_is_the_one_in_use(databases=None, **kwargs) -> list[checks.CheckMessage]:
    from askpeer import heads

    if not databases or not heads.is_anothers():
        return []
    return [
        checks.Error(
            f"ASKPEER_RECEIPT_PEPPER is not the one that {heads.path().name} was written under, or that file was "
            "changed. Under another pepper no six words given so far open anything.",
            hint="Put the earlier one back. If it is gone for good: move that file away, then manage.py restore "
            "--begin-ledger.",
            id="askpeer.E006",
        )
    ]


_was_fit = False  # when this process last looked


def may_work() -> bool:
    """Whether the recurring work may be done now; False while a backup is being brought back.

    A worker may have begun before the database was there, and a backup may come under its feet: the whole look is taken
    before the first work, and again after each such. Raises ImproperlyConfigured, DatabaseError.
    """
    from askpeer import backups

    global _was_fit
    if backups.is_under_way():
        _was_fit = False
        return False
    if not _was_fit:
        refuse_to_serve_unfit()
    return True


def refuse_to_serve_unfit(*, but: str = "") -> None:
    """Raise ImproperlyConfigured with every complaint of the checks tagged FIT, but the one of this id."""
    global _was_fit
    found = checks.run_checks(tags=[FIT], databases=["default"], include_deployment_checks=True)
    serious = [message for message in found if message.is_serious() and message.id != but]
    complaints = [f"{message.msg} {message.hint or ''}".strip() for message in serious]
    if complaints:
        raise ImproperlyConfigured(" ".join(complaints))
    _was_fit = True
