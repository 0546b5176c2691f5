import pytest

from askpeer import throttle
from config import embedded
from config.processes import Children
from questions.partners.api import limits
from questions.partners.models import Partner

pytestmark = pytest.mark.django_db


@pytest.fixture
def cache(settings, tmp_path):
    """A real cache, as the embedded default runs it."""
    with Children(env={}) as children:
        embedded.start(children=children, home=tmp_path)
        settings.CACHE_URL = f"unix://{embedded._socket(tmp_path, 'cache')}"
        throttle._made.cache_clear()
        throttle._opened_at["breaker"] = 0.0
        yield
        throttle._cache().close()
        throttle._made.cache_clear()


LIMIT = 300


def spend(partner, count):
    for _ in range(count):
        throttle.left("api", str(partner.pk), limit=LIMIT, seconds=limits.SECONDS)


def test_every_answer_tells_what_is_left_of_the_minute(cache, api):
    response = api.get("topics/")
    told = response["RateLimit-Policy"], response["RateLimit"]
    assert told == ('"partner";q=300;w=60', '"partner";r=299;t=60')


def test_an_answer_that_has_not_changed_counts_and_tells_it(cache, api):
    response = api.get("topics/", If_None_Match=api.get("topics/")["ETag"])
    assert (response.status_code, response["RateLimit"]) == (304, '"partner";r=298;t=60')


def test_the_last_request_of_the_minute_is_answered_and_the_next_is_told_to_wait(cache, api, partner):
    spend(partner, LIMIT - 1)
    last, refused = api.get("topics/"), api.get("topics/")
    assert (last.status_code, last["RateLimit"]) == (200, '"partner";r=0;t=60')
    assert (refused.status_code, refused["Content-Type"], refused["Retry-After"], refused["RateLimit"]) == (
        429,
        "application/problem+json",
        "60",
        '"partner";r=0;t=60',
    )
    assert refused.json() == {
        "type": "/api/v1/docs/#too-many-requests",
        "title": "Too many requests",
        "status": 429,
        "detail": "That is more than your limit for a minute. Wait 60 seconds, then go on.",
    }


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_last_second_to_wait_is_said_as_one_to_programmers_in_english(
    cache, api, partner, dutch_offered, language, monkeypatch
):
    monkeypatch.setattr(limits, "seconds_left", lambda: 1)
    spend(partner, LIMIT)
    refused = api.get("topics/", Accept_Language=language)
    assert (refused.status_code, refused["Retry-After"]) == (429, "1")
    assert refused.json()["detail"] == "That is more than your limit for a minute. Wait 1 second, then go on."


def test_a_partner_has_one_limit_with_all_its_keys_together(cache, api, with_scopes):
    api.get("topics/")
    assert with_scopes("publish").get("topics/")["RateLimit"] == '"partner";r=298;t=60'


def test_a_partners_own_limit_holds(cache, api):
    Partner.objects.update(requests_a_minute=1)
    first, second = api.get("topics/"), api.get("topics/")
    assert (first["RateLimit-Policy"], first.status_code, second.status_code) == ('"partner";q=1;w=60', 200, 429)


def test_a_limit_lowered_within_the_minute_holds_at_once(cache, api, partner):
    spend(partner, 5)
    Partner.objects.update(requests_a_minute=3)
    response = api.get("topics/")
    assert (response.status_code, response["RateLimit"]) == (429, '"partner";r=0;t=60')


def test_one_partners_limit_is_not_anothers(cache, partner, other):
    spend(partner, LIMIT)
    assert other.get("topics/").status_code == 200


def test_a_caller_without_a_key_is_told_no_limit(keyless):
    assert keyless.get("topics/").get("RateLimit") is None
