"""The lock on a person, that whatever is decided about them is decided under."""

from advisors.models import Person


def lock(person: Person) -> Person:
    """This person as they are now, held until the transaction ends: nobody acts while they are being off-boarded.

    Two claims of one person at once would also both count the same questions in hand.
    """
    # no_key: a row that only names this person, e.g. a version's writer, need not wait.
    return Person.objects.select_for_update(no_key=True).get(pk=person.pk)


def lock_both(person: Person, other: Person) -> tuple[Person, Person]:
    """Two people as they are now, held until the transaction ends. 1 SQL."""
    # In one order, so that of two requests about the same two none waits for the other for good.
    rows = Person.objects.select_for_update(no_key=True).filter(pk__in={person.pk, other.pk}).order_by("pk")
    held = {row.pk: row for row in rows}
    return held[person.pk], held[other.pk]
