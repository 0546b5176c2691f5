"""What a caller may do: each view names the scope it needs in `required_scope`; "" is any live key."""

from typing import TYPE_CHECKING

from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from questions.partners import keys
from questions.partners.api.authentication import Credential

if TYPE_CHECKING:  # the framework's views import this module, through the settings
    from rest_framework.views import APIView


class HasScope(BasePermission):
    """False without a key, which the framework answers with 401. Raises PermissionDenied naming a missing scope."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not isinstance(request.auth, Credential):
            return False
        scope = getattr(view, "required_scope", "")
        if scope and not keys.allows(request.auth.key, scope):
            raise PermissionDenied(f"This key has no {scope} scope.")
        return True
