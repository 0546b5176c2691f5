"""What goes at once with somebody who leaves: what is theirs alone and that nobody needs any more."""

from datetime import date
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from advisors.models import Invitation, Person, english_alone
from advisors.team.models import Attempt, CheckIn, Debrief, Kudos, Opened, Post, Training, Turn, WrapUp


def clear(person: Person) -> None:
    """Delete how they were, what they practised, passed and planned, what they said in the room, every way to sign in
    and to reach them or their guardian, and of what the manager knew of them all but alias, role, whether they ever
    led, year of birth, and since when and under which agreement they were here.

    Hours and answers stay: they are the service's, and hold no words. Kudos that they gave stay with whom they are for,
    as from somebody who has left; those that they got go with them. Debriefs and calls that are over are
    gone after 90 days, as everybody's.
    """
    for model in (Attempt, CheckIn, Kudos, Opened, Training, Turn):
        model._default_manager.filter(person=person).delete()
    for model in (Authenticator, EmailAddress):
        model._default_manager.filter(user=person).delete()
    Debrief.objects.filter(person=person, talked_at=None).delete()
    Post.objects.filter(writer=person).delete()
    Kudos.objects.filter(giver=person).update(giver=None)
    WrapUp.objects.filter(person=person, mood__isnull=False).update(mood=None)
    person.guardian_requests.all().delete()
    # One that is open would let them in again, also at the address that they came by and have no more.
    Invitation.objects.filter(email__in=_addresses(person)).delete()
    kept = _emptied(person)
    for name, value in kept.items():
        setattr(person, name, value)
    person.save(update_fields=kept)


def _addresses(person: Person) -> list[str]:
    """Theirs now, and the one that the invitation went to which they came by: it was accepted as they joined. What
    somebody else accepted in that moment is not theirs.
    """
    others = Person.objects.filter(joined_at=person.joined_at).exclude(pk=person.pk)
    came_by = Invitation.objects.filter(accepted_at=person.joined_at).exclude(email__in=others.values("email"))
    return [person.email, *came_by.values_list("email", flat=True)]


def _emptied(person: Person) -> dict[str, Any]:
    """The row of who has left. Their address is free again: coming back is by a new invitation. An advisor's row needs
    a day of birth, so the year alone stays of it.
    """
    return {
        "email": f"left-{person.pk}@left.invalid",
        "born_on": person.born_on and date(person.born_on.year, 1, 1),
        "languages": english_alone(),
        "deputy": False,
        **dict.fromkeys(("about", "vetting"), ""),
        **dict.fromkeys(("boundaries", "partner", "buddy", "most_at_once", "trained_until"), None),
        **dict.fromkeys(("vetted_on", "vetted_until", "guardian_consent_on", "leaving_on", "last_login"), None),
        **dict.fromkeys(("probation_lifted_on", "probation_lifted_by"), None),
    }
