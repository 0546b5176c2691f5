"""Moments as staff read them, on the service's own clock."""

from django import template

from advisors.duty import clock
from questions import holding

register = template.Library()
register.filter("said", clock.said)
register.filter("day", holding.today)
