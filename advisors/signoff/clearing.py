"""What goes at once with somebody who leaves: what is theirs alone and that nobody needs any more."""

from advisors.models import Person
from advisors.team.models import Attempt, CheckIn, Debrief, Kudos, Opened, Post, Turn, WrapUp


def clear(person: Person) -> None:
    """Delete how they were, what they practised and planned, what they said in the room, and a guardian's address.

    Hours, answers and their training stay: they are the service's, and hold no words. Kudos that they gave stay with
    whom they are for, as from somebody who has left; those that they got go, since only they could read them. Debriefs
    and calls that are over are gone after 90 days, as everybody's.
    """
    for model in (Attempt, CheckIn, Kudos, Opened, Turn):
        model._default_manager.filter(person=person).delete()
    Debrief.objects.filter(person=person, talked_at=None).delete()
    Post.objects.filter(writer=person).delete()
    Kudos.objects.filter(giver=person).update(giver=None)
    WrapUp.objects.filter(person=person, mood__isnull=False).update(mood=None)
    person.guardian_requests.all().delete()
    person.boundaries, person.about = None, ""
    person.save(update_fields=["boundaries", "about"])
