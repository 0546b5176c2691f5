"""Moments as people type them, on the service's own clock."""

from datetime import UTC, datetime

import pytest
from django import forms

from advisors.duty import clock
from askpeer.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2026-11-20T14:30", datetime(2026, 11, 20, 14, 30, tzinfo=UTC)),
        ("2026-07-20T14:30", datetime(2026, 7, 20, 13, 30, tzinfo=UTC)),
        ("2026-11-20 14:30:59", datetime(2026, 11, 20, 14, 30, tzinfo=UTC)),
        ("2026-03-29T00:59", datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        ("2026-03-29T02:00", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        ("2026-10-25T00:59", datetime(2026, 10, 24, 23, 59, tzinfo=UTC)),
        ("2026-10-25T02:00", datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
    ],
)
def test_a_wall_time_is_one_moment(calendar, typed, moment):
    assert clock.MomentField().clean(typed) == moment


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("2026-03-29T01:00", "The clocks go forward that night and this time is left out."),
        ("2026-03-29T01:59", "The clocks go forward that night and this time is left out."),
        ("2026-10-25T01:00", "The clocks go back that night and this time comes twice."),
        ("2026-10-25T01:59", "The clocks go back that night and this time comes twice."),
        ("2026-11-20T14:30+00:00", clock.UNREADABLE),
        ("tomorrow", clock.UNREADABLE),
        ("2026-02-30T10:00", clock.UNREADABLE),
        ("0000-01-01T00:00", clock.UNREADABLE),
        ("1" * 5000, clock.UNREADABLE),
        ("2026-11-20T14:30\0", clock.UNREADABLE),
    ],
)
def test_a_time_that_is_missing_or_comes_twice_or_is_none_is_a_sentence(calendar, typed, sentence):
    with pytest.raises(forms.ValidationError) as refused:
        clock.MomentField().clean(typed)
    assert refused.value.messages[0].startswith(sentence)


def test_the_verbs_say_the_same(calendar):
    with pytest.raises(Refused, match="comes twice"):
        clock.moment(datetime(2026, 10, 25, 1, 30))  # noqa: DTZ001


def test_a_moment_stands_in_the_field_and_in_words_on_our_clock(calendar):
    moment = datetime(2026, 7, 20, 13, 30, tzinfo=UTC)
    assert clock.MomentField().prepare_value(moment) == "2026-07-20T14:30"
    assert clock.MomentField().prepare_value("tomorrow") == "tomorrow"
    assert clock.said(moment) == "Mon 20 Jul, 14:30"
