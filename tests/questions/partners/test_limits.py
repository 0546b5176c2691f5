import pytest

from askpeer import throttle
from config import embedded
from config.processes import Children
from questions.partners.api import limits
from questions.partners.models import PartnerKey

pytestmark = pytest.mark.django_db


@pytest.fixture
def cache(settings, tmp_path):
    """A real cache, as the embedded default runs it."""
    with Children(env={}) as children:
        embedded.start(children=children, home=tmp_path)
        settings.CACHE_URL = f"unix://{embedded._socket(tmp_path, 'cache')}"
        throttle._cache.cache_clear()
        throttle._opened_at["breaker"] = 0.0
        yield
        throttle._cache().close()
        throttle._cache.cache_clear()


def spend(count):
    key = str(PartnerKey.objects.get().pk)
    for _ in range(count):
        throttle.left("api", key, limit=limits.LIMIT, seconds=limits.SECONDS)


def test_every_answer_tells_what_is_left_of_the_minute(cache, api):
    response = api.get("topics/")
    assert (response["RateLimit-Policy"], response["RateLimit"]) == ('"key";q=300;w=60', '"key";r=299;t=60')


def test_the_last_request_of_the_minute_is_answered_and_the_next_is_told_to_wait(cache, api):
    spend(limits.LIMIT - 1)
    last, refused = api.get("topics/"), api.get("topics/")
    assert (last.status_code, last["RateLimit"]) == (200, '"key";r=0;t=60')
    assert (refused.status_code, refused["Content-Type"], refused["Retry-After"], refused["RateLimit"]) == (
        429,
        "application/problem+json",
        "60",
        '"key";r=0;t=60',
    )
    assert refused.json()["type"] == "/api/v1/docs/#too-many-requests"


def test_one_partners_limit_is_not_anothers(cache, api, client, calendar, request):
    spend(limits.LIMIT)
    assert request.getfixturevalue("other").get("topics/").status_code == 200


def test_a_caller_without_a_key_is_told_no_limit(keyless):
    assert keyless.get("topics/").get("RateLimit") is None
