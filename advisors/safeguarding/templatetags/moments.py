"""Moments as staff read them, on the service's own clock."""

from django import template

from advisors.duty import clock

register = template.Library()
register.filter("said", clock.said)
