"""How many questions are taken, and who is on call, on the managers' site."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from askpeer import calendars
from askpeer.admin import site
from questions.intake import oncall
from questions.intake.models import IntakeLimits, OnCall

LONGEST_ON_CALL = timedelta(days=14)


@admin.register(IntakeLimits, site=site)
class IntakeLimitsAdmin(admin.ModelAdmin):
    """One row: how many questions there are hands for."""

    fields = ["taking", "answers_a_day", "full_after"]
    actions = None

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one row, so the list is its form."""
        row = IntakeLimits.objects.order_by("pk").first()
        return (
            redirect("admin:intake_intakelimits_change", row.pk) if row else redirect("admin:intake_intakelimits_add")
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not IntakeLimits.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: IntakeLimits | None = None) -> bool:
        return False


class OnCallForm(forms.ModelForm):
    """Moments are typed and shown on the service's own clock."""

    class Meta:
        model = OnCall
        fields = ["person", "starts_at", "ends_at"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        starts, ends = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts and ends and not timedelta() < ends - starts <= LONGEST_ON_CALL:
            raise forms.ValidationError("It has to end after it starts, within a fortnight.")
        return cleaned


@admin.register(OnCall, site=site)
class OnCallAdmin(admin.ModelAdmin):
    form = OnCallForm
    list_display = ["person", "starts_at", "ends_at"]
    ordering = ["-starts_at"]

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return _on_our_clock(super().changeform_view, request, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return _on_our_clock(super().changelist_view, request, *args, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Adults who check answers, never advisors."""
        reviewers = db_field.related_model.objects.filter(is_active=True, role__in=oncall.READERS)
        return super().formfield_for_foreignkey(db_field, request, **kwargs | {"queryset": reviewers})

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return False


def _on_our_clock(view: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """The view's answer, drawn before the clock is put back."""
    with timezone.override(calendars.current().zone):
        response = view(*args, **kwargs)
        return response.render() if hasattr(response, "render") else response
