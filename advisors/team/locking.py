"""The lock on a person, that whatever is decided about them is decided under."""

from advisors.models import Person


def lock(person: Person) -> Person:
    """This person as they are now, held until the transaction ends: nobody acts while they are being off-boarded.

    Two claims of one person at once would also both count the same questions in hand.
    """
    # no_key: a row that only names this person, e.g. a version's writer, need not wait.
    return Person.objects.select_for_update(no_key=True).get(pk=person.pk)
