"""The manager's settings: Django's admin, kept to what is registered on this one site.

The packages we use register their own tables, second factors among them, on Django's default site; nothing leads there.
"""

from itertools import pairwise
from typing import Any
from zoneinfo import available_timezones

import holidays
from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.forms import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from askpeer.models import Closure, OpeningWindow, ServiceCalendar

NEAREST_YEARS = 5
LONGEST_CLOSURE = 366  # days; past the calendar's horizon nothing could be promised any more


class ManagersSite(admin.AdminSite):
    site_header = site_title = "askpeer"
    index_title = "Hours, topics, people"
    site_url = "/home/"

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Never the admin's own form, which knows of no second factor: everybody signs in by the one door."""
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next", ""), settings.LOGIN_URL)

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")


site = ManagersSite()


class CalendarForm(forms.ModelForm):
    class Meta:
        model = ServiceCalendar
        fields = ["time_zone", "country", "subdivision"]

    def clean_time_zone(self) -> str:
        zone = self.cleaned_data["time_zone"]
        if zone not in available_timezones():
            raise forms.ValidationError("There is no such time zone. Use a name like Europe/London.")
        return zone

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        country, part = cleaned.get("country", "").upper(), cleaned.get("subdivision", "").upper()
        known = holidays.list_supported_countries()
        if country not in known:
            self.add_error("country", "We know no public holidays for this country. Use a code like GB.")
        elif part and part not in known[country]:
            self.add_error("subdivision", f"{country} has no such part. Leave it empty, or use one of its codes.")
        return cleaned | {"country": country, "subdivision": part}


class WindowFormSet(BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        kept = [form.instance for form in self.forms if form.has_changed() or form.instance.pk]
        removed = [form.instance for form in self.deleted_forms]
        windows = [window for window in kept if window not in removed]
        if not windows:
            raise forms.ValidationError("Keep at least one window: without one, nothing can be promised to anybody.")
        _check_apart(windows)


def _check_apart(windows: list[OpeningWindow]) -> None:
    windows = sorted(windows, key=lambda window: (window.weekday, window.opens))
    for first, second in pairwise(windows):
        midnight = not any((first.closes.hour, first.closes.minute))
        if first.weekday == second.weekday and (midnight or second.opens < first.closes):
            raise forms.ValidationError(f"Two windows overlap: {first} and {second}.")


class WindowInline(admin.StackedInline):  # whose fields have labels, which a table's have not
    model = OpeningWindow
    fields = [("weekday", "opens", "closes")]
    formset = WindowFormSet
    extra = 1


class ClosureForm(forms.ModelForm):
    class Meta:
        model = Closure
        fields = ["first_day", "last_day", "reason"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and (last - first).days > LONGEST_CLOSURE:
            raise forms.ValidationError("A closure can last a year at most.")
        this_year = timezone.now().year
        if self.has_changed() and any(day and abs(day.year - this_year) > NEAREST_YEARS for day in (first, last)):
            raise forms.ValidationError(f"Choose days within {NEAREST_YEARS} years of today.")
        return cleaned


class ClosureFormSet(BaseInlineFormSet):
    def clean(self) -> None:
        """All of them together leave a day to promise: closures in a row may add up to more than one may last."""
        super().clean()
        if any(self.errors):
            return
        kept = [form.instance for form in self.forms if form not in self.deleted_forms and form.instance.first_day]
        days = {(row.first_day, row.last_day) for row in kept}
        if sum((last - first).days + 1 for first, last in days) > LONGEST_CLOSURE:
            raise forms.ValidationError("All closures together can last a year at most.")


class ClosureInline(admin.StackedInline):
    model = Closure
    fields = [("first_day", "last_day", "reason")]
    form = ClosureForm
    formset = ClosureFormSet
    extra = 1


@admin.register(ServiceCalendar, site=site)
class CalendarAdmin(admin.ModelAdmin):
    form = CalendarForm
    inlines = [WindowInline, ClosureInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not ServiceCalendar.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: ServiceCalendar | None = None) -> bool:
        """The service has one calendar. Its windows and closures have no page of their own to be deleted from."""
        return False
