import pytest
from django.core.management import call_command
from django.db import connection


@pytest.mark.django_db(transaction=True)
def test_the_search_table_can_be_taken_away_and_made_again():
    call_command("migrate", "publication", "0001", verbosity=0)
    without = "publication_search" in connection.introspection.table_names()
    call_command("migrate", "publication", verbosity=0)
    again = "publication_search" in connection.introspection.table_names()
    assert (without, again) == (False, True)
