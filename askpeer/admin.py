"""The manager's settings: Django's admin, kept to what is registered on this one site.

The packages we use register their own tables, second factors among them, on Django's default site; nothing leads there.
"""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect


class ManagersSite(admin.AdminSite):
    site_header = site_title = "askpeer"
    index_title = "Topics, people, limits"
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
