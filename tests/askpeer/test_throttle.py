from datetime import date
from threading import Barrier, Thread

import pytest
import redis
from django.test import RequestFactory

from askpeer import throttle

TODAY = date(2026, 11, 16)
ADDRESS = "198.51.100.77"


@pytest.fixture
def store(settings, redis_server):
    """A real cache for this test alone."""
    settings.CACHE_URL = redis_server
    throttle.forget()
    yield redis.Redis.from_url(redis_server)
    throttle.forget()


def request(address=ADDRESS, forwarded=None):
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded is not None else {}
    return RequestFactory().get("/ask/", REMOTE_ADDR=address, **headers)


def bucket(address=ADDRESS, today=TODAY):
    return throttle.bucket(request(address), today=today)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        (ADDRESS, "198.51.100.0/24"),
        (" 198.51.100.77 ", "198.51.100.0/24"),
        ("::ffff:198.51.100.77", "198.51.100.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("", ""),
        ("not an address", ""),
        ("198.51.100.77:8080", ""),
        ("198.51.100.999", ""),
    ],
)
def test_an_address_stands_for_its_network(address, network):
    assert throttle.network(address) == network


def test_a_bucket_is_24_bits_and_holds_the_whole_network():
    assert len(bytes.fromhex(bucket())) == 3
    assert bucket("198.51.100.1") == bucket(ADDRESS) == bucket(f"::ffff:{ADDRESS}")
    assert bucket("198.51.101.77") != bucket()


def test_a_bucket_changes_with_the_day_and_the_secret(settings):
    today, tomorrow = bucket(), bucket(today=date(2026, 11, 17))
    settings.SECRET_KEY = "another " * 10
    assert len({today, tomorrow, bucket()}) == 3


@pytest.mark.parametrize(
    ("proxies", "forwarded", "client"),
    [
        (0, "203.0.113.9", ADDRESS),
        (1, None, ADDRESS),
        (1, "", ADDRESS),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "1.1.1.1, 203.0.113.9", " 203.0.113.9"),
        (2, "1.1.1.1, 203.0.113.9, 192.0.2.1", " 203.0.113.9"),
        (2, "203.0.113.9", ADDRESS),
    ],
)
def test_only_what_our_own_proxies_added_is_believed(settings, proxies, forwarded, client):
    settings.PROXIES = proxies
    assert throttle.client_address(request(forwarded=forwarded)) == client


def test_a_client_is_stopped_past_the_limit_and_another_is_not(store):
    acts = [throttle.within("ask", "aaaaaa", limit=3, seconds=3600) for _ in range(5)]
    assert acts == [True, True, True, False, False]
    assert throttle.within("ask", "bbbbbb", limit=3, seconds=3600) is True
    assert throttle.within("open", "aaaaaa", limit=3, seconds=3600) is True


def test_a_count_is_forgotten_with_its_window(store):
    throttle.within("ask", "aaaaaa", limit=1, seconds=60)
    throttle.within("open", "aaaaaa", limit=1, seconds=1_000_000)
    lives = {key.split(b":")[1]: store.ttl(key) for key in store.scan_iter()}
    assert {
        name: 0 < seconds <= most for (name, seconds), most in zip(sorted(lives.items()), (60, 3600), strict=True)
    } == {
        b"ask": True,
        b"open": True,
    }
    store.flushall()
    assert throttle.within("ask", "aaaaaa", limit=1, seconds=60) is True


def test_nothing_of_the_address_reaches_the_cache(store):
    throttle.within("ask", bucket(), limit=3, seconds=3600)
    kept = [(key.decode(), store.get(key)) for key in store.scan_iter()]
    assert [(key.rsplit(":", 1)[0], value) for key, value in kept] == [(f"limit:ask:{bucket()}", b"1")]
    store.set(f"limit:ask:{ADDRESS}:1", 1)
    found = [key for key in store.scan_iter() if ADDRESS.encode() in key or ADDRESS.rpartition(".")[0].encode() in key]
    assert found == [f"limit:ask:{ADDRESS}:1".encode()]


def test_a_cache_that_is_gone_lets_everybody_in(settings, tmp_path):
    settings.CACHE_URL = f"unix://{tmp_path}/nobody.sock"
    throttle.forget()
    assert [throttle.within("ask", "aaaaaa", limit=1, seconds=60) for _ in range(5)] == [True] * 5
    assert throttle.answers() is False
    throttle.forget()


def test_after_a_failure_the_cache_is_left_alone_for_a_while_and_then_counts_again(store, settings, tmp_path):
    settings.CACHE_URL = f"unix://{tmp_path}/nobody.sock"
    throttle.forget()
    assert throttle.within("ask", "aaaaaa", limit=1, seconds=60) is True
    settings.CACHE_URL = f"unix://{store.connection_pool.connection_kwargs['path']}"
    assert throttle.within("ask", "aaaaaa", limit=1, seconds=60) is True
    assert store.keys() == []
    throttle.forget()
    assert [throttle.within("ask", "aaaaaa", limit=1, seconds=60) for _ in range(2)] == [True, False]
    assert throttle.answers() is True


def test_threads_that_come_first_at_once_share_one_client(store, settings):
    """Of two clients the one let go of closed the connections under the other: the first request of all failed."""
    for _ in range(20):
        throttle.forget()
        barrier, found = Barrier(8), []

        def come(barrier=barrier, found=found):
            barrier.wait()
            found.append((id(throttle._cache()), throttle.within("asking", "a", limit=1000, seconds=60)))

        threads = [Thread(target=come) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (len({client for client, _ in found}), [fine for _, fine in found]) == (1, [True] * 8)
