"""Start-up checks: what must hold before a page is served. Other floors register theirs under the same tag."""

from django.core import checks
from django.core.exceptions import ImproperlyConfigured

# Tag of the checks that wsgi runs before it serves. They are deployment checks: `migrate`, which may be about to mend
# what they would complain of, does not run them.
FIT = "askpeer_fit"


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


def refuse_to_serve_unfit() -> None:
    """Raise ImproperlyConfigured with every complaint of the checks tagged FIT."""
    found = checks.run_checks(tags=[FIT], databases=["default"], include_deployment_checks=True)
    complaints = [f"{message.msg} {message.hint or ''}".strip() for message in found if message.is_serious()]
    if complaints:
        raise ImproperlyConfigured(" ".join(complaints))
