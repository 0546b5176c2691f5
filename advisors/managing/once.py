"""A secret on its way from the button that made it to the one page that shows it: in the session, then gone."""

from django.http import HttpRequest

from questions.partners.models import Partner

PLACE = "partner_secrets"
KEY, HOOK = "key", "webhook"


def keep(request: HttpRequest, partner: Partner, kind: str, secret: str) -> None:
    kept = request.session.get(PLACE, {})
    kept.setdefault(str(partner.pk), []).append([kind, secret])
    request.session[PLACE] = kept


def waits(request: HttpRequest, partner: Partner) -> bool:
    """Whether something of this partner's was made and not yet shown."""
    return str(partner.pk) in request.session.get(PLACE, {})


def take(request: HttpRequest, partner: Partner) -> list[list[str]]:
    """[kind, secret] of what was made and is shown now, for the only time."""
    kept = request.session.pop(PLACE, {})
    mine = kept.pop(str(partner.pk), [])
    if kept:
        request.session[PLACE] = kept
    return mine
