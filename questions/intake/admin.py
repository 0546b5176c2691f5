"""How many questions are taken, on the managers' site."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from askpeer.admin import site
from questions.intake.models import IntakeLimits


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
