import re

import pytest

from tests.factories import SupervisorFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/accounts/login/", "/review/", "/desk/"])
def test_staff_pages_are_in_english_whatever_the_browser_asks_for(client, calendar, settings, path):
    settings.SECOND_FACTOR = False
    client.cookies["l"] = "nl"
    if path != "/accounts/login/":
        client.force_login(SupervisorFactory(), backend="allauth.account.auth_backends.AuthenticationBackend")
    response = client.get(path)
    (spoken,) = re.findall(r'<html lang="(\w+)">', response.content.decode())
    assert (response.status_code, spoken, response["Content-Language"]) == (200, "en", "en")
