import pytest

from askpeer import throttle


@pytest.fixture
def store(settings, redis_server):
    """A real cache for the limits, for this test alone."""
    settings.CACHE_URL = redis_server
    throttle.forget()
    yield
    throttle.forget()
