"""The service refuses to serve while somebody who has left could sign in again."""

from django.core import checks

from askpeer.checks import FIT


@checks.register(FIT, deploy=True)
def who_left_stays_away(databases=None, **kwargs) -> list[checks.CheckMessage]:
    from advisors.signoff import leaving

    if not databases or not (back := leaving.back_again().count()):
        return []
    return [
        checks.Error(
            f"{back} people who have left can sign in again.",
            hint="Run manage.py restore --replay, which shuts them out anew.",
            id="signoff.E001",
        )
    ]
