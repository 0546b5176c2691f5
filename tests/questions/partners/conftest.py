"""A partner with a key, and its way of calling the API. The clock stands at the factories' NOW."""

import json

import pytest
import time_machine

from questions.partners import hooks, keys
from questions.partners.models import Hook, Partner
from tests.askpeer import https
from tests.factories import NOW
from tests.questions.partners import hearing


class Caller:
    """Sends JSON with a partner's key, and gives back Django's responses."""

    def __init__(self, client, secret):
        self.client, self.secret = client, secret

    def _headers(self, headers):
        bearer = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        return bearer | {name.replace("_", "-"): value for name, value in headers.items()}

    def post(self, path, body, *, content_type="application/json", **headers):
        data = body if isinstance(body, bytes) else json.dumps(body)
        return self.client.post(f"/api/v1/{path}", data, content_type=content_type, headers=self._headers(headers))

    def get(self, path, query=None, **headers):
        return self.client.get(f"/api/v1/{path}", query, headers=self._headers(headers))

    def send(self, method, path, **headers):
        return self.client.generic(method, f"/api/v1/{path}", headers=self._headers(headers))


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def partner(calendar):
    return Partner.objects.create(name="Harbour Youth", slug="harbour")


@pytest.fixture
def secret(partner):
    return keys.issue(partner=partner, scopes=["ask", "read", "publish"], now=NOW)


@pytest.fixture
def api(client, secret):
    return Caller(client, secret)


@pytest.fixture
def other(client, calendar):
    """Another partner with a key of its own."""
    stranger = Partner.objects.create(name="Hilltop Club", slug="hilltop")
    return Caller(client, keys.issue(partner=stranger, scopes=["ask", "read", "publish"], now=NOW))


@pytest.fixture
def keyless(client, calendar):
    return Caller(client, "")


@pytest.fixture
def with_scopes(client, partner):
    def make(*scopes):
        return Caller(client, keys.issue(partner=partner, scopes=scopes, now=NOW))

    return make


@pytest.fixture(scope="module")
def pem(tmp_path_factory):
    return https.certificate(tmp_path_factory.mktemp("https"))


@pytest.fixture
def server(pem, settings, monkeypatch):
    """The partner's server, which the outbox reaches."""
    monkeypatch.setitem(hearing.ROOTS, "pem", pem)
    settings.OUTBOX_HANDLERS = {"webhook": "tests.questions.partners.hearing.told"}
    with https.Server(pem) as running:
        yield running


@pytest.fixture
def url(server):
    return f"https://hooks.example.org:{server.port}/in?token=for-us-alone"


@pytest.fixture
def hook(partner, url):
    hooks.add(partner=partner, url=url, now=NOW)
    return Hook.objects.get()
