import pytest
from django.core.management import call_command
from django.db import connection

from questions.publication.models import Publication
from tests.questions.publication.shelf import agreed


@pytest.mark.django_db(transaction=True)
def test_the_search_table_can_be_taken_away_and_made_again():
    call_command("migrate", "publication", "0001", verbosity=0)
    without = "publication_search" in connection.introspection.table_names()
    call_command("migrate", "publication", verbosity=0)
    again = "publication_search" in connection.introspection.table_names()
    assert (without, again) == (False, True)


@pytest.mark.django_db(transaction=True)
def test_a_text_made_before_its_language_was_kept_gets_that_of_its_question(calendar):
    dutch, english, orphan = agreed(language="nl"), agreed(), agreed(language="nl")
    Publication.objects.filter(pk=orphan.pk).update(question=None)
    call_command("migrate", "publication", "0002", verbosity=0)
    call_command("migrate", "publication", verbosity=0)
    languages = dict(Publication.objects.values_list("pk", "language"))
    assert languages == {dutch.pk: "nl", english.pk: "en", orphan.pk: "en"}
