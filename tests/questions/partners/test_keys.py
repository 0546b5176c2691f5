import re
from datetime import timedelta

import pytest

from askpeer.errors import Refused
from questions.partners import keys
from questions.partners.models import Partner, PartnerKey
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_a_key_is_shown_once_and_kept_as_a_digest(partner):
    secret = keys.issue(partner=partner, scopes=["read", "ask"], now=NOW)
    row = PartnerKey.objects.get()
    assert re.fullmatch(r"ap_[A-Za-z0-9_-]{43}", secret)
    assert (bytes(row.digest), row.scopes, row.last_used_on) == (keys.digest(secret), ["ask", "read"], None)


def test_two_keys_live_side_by_side_and_a_third_waits_for_one_to_be_revoked(partner):
    first = keys.issue(partner=partner, scopes=["ask"], now=NOW)
    second = keys.issue(partner=partner, scopes=["ask"], now=NOW)
    with pytest.raises(Refused, match="2 live keys at most"):
        keys.issue(partner=partner, scopes=["ask"], now=NOW)
    keys.revoke(key=keys.find(first, now=NOW), now=NOW)
    third = keys.issue(partner=partner, scopes=["ask"], now=NOW)
    assert [keys.find(secret, now=NOW) is None for secret in (first, second, third)] == [True, False, False]


def test_a_key_ends_at_the_second_it_expires_and_makes_room(partner):
    expires = NOW + timedelta(days=1)
    secret = keys.issue(partner=partner, scopes=["ask"], now=NOW, expires=expires)
    assert keys.find(secret, now=expires - timedelta(seconds=1)).partner == partner
    assert keys.find(secret, now=expires) is None
    assert keys.live(partner, now=expires).count() == 0


def test_a_partner_that_left_is_let_in_no_more(partner, secret):
    Partner.objects.update(active=False)
    assert keys.find(secret, now=NOW) is None


@pytest.mark.parametrize("typed", ["", "ap_", "ap_" + "x" * 100, "Bearer", "ap_\udcff"[:3] + "é"])
def test_any_other_text_is_no_key(partner, secret, typed):
    assert keys.find(typed, now=NOW) is None


def test_a_new_secret_key_of_the_service_ends_every_key(secret, settings):
    settings.SECRET_KEY = "x" * 50
    assert keys.find(secret, now=NOW) is None


def test_the_day_of_use_is_written_once_a_day(secret, django_assert_num_queries):
    with django_assert_num_queries(2):
        keys.find(secret, now=NOW)
    with django_assert_num_queries(1):
        keys.find(secret, now=NOW + timedelta(hours=5))
    assert PartnerKey.objects.get().last_used_on == NOW.date()


def test_revoking_twice_keeps_the_first_moment(partner, secret):
    key = PartnerKey.objects.get()
    keys.revoke(key=key, now=NOW)
    keys.revoke(key=key, now=NOW + timedelta(hours=1))
    assert PartnerKey.objects.get().revoked_at == NOW


@pytest.mark.parametrize("scopes", [[], ["write"], ["ask", "write"]])
def test_scopes_are_among_the_three(partner, scopes):
    with pytest.raises(Refused, match="ask, read, publish"):
        keys.issue(partner=partner, scopes=scopes, now=NOW)
    assert PartnerKey.objects.count() == 0


def test_a_key_does_not_expire_before_it_is_made(partner):
    with pytest.raises(Refused, match="later than now"):
        keys.issue(partner=partner, scopes=["ask"], now=NOW, expires=NOW)


@pytest.mark.parametrize("scope", ["ask", "read"])
def test_a_school_gets_no_key_to_ask_or_read_with(calendar, scope):
    school = Partner.objects.create(name="Hill School", slug="hill", kind=Partner.Kind.SCHOOL)
    with pytest.raises(Refused, match="A school cannot ask or read"):
        keys.issue(partner=school, scopes=[scope, "publish"], now=NOW)
    keys.issue(partner=school, scopes=["publish"], now=NOW)
    assert PartnerKey.objects.get().scopes == ["publish"]


def test_a_partner_that_becomes_a_school_loses_asking_and_reading(api, partner):
    Partner.objects.update(kind=Partner.Kind.SCHOOL)
    response = api.post("questions/", {"text": "hi", "age_band": "13-15"})
    assert (response.status_code, response.json()["detail"]) == (403, "This key has no ask scope.")
    assert api.get("library/").status_code == 200
