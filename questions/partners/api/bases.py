"""What every endpoint shares: its limits, its headers, and how a body or a receipt is read."""

from datetime import datetime
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from questions.intake import languages
from questions.models import Question
from questions.partners import entering
from questions.partners.api import limits
from questions.partners.models import Partner


class PartnerView(APIView):
    """An endpoint behind a partner's key."""

    required_scope = ""
    throttle_classes = [limits.PerPartner]
    http_method_names = ["get", "head", "post"]

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        for name, value in limits.headers(request).items():
            response[name] = value
        return super().finalize_response(request, response, *args, **kwargs)


def partner_of(request: Request) -> Partner:
    """Who calls. The permission has let a Credential in, and nothing else."""
    return request.auth.partner  # type: ignore[union-attr]


def secret_of(request: Request) -> str:
    """The key's secret itself, for what is sealed under it."""
    return request.auth.secret  # type: ignore[union-attr]


def read(serializer: type[serializers.Serializer], data: Any) -> dict[str, Any]:
    """The fields as they were sent. Raises ValidationError."""
    form = serializer(data=data)
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)


def opened(request: Request, sent: dict[str, Any], *, now: datetime) -> Question:
    """The question of the receipt, taken out of what was sent, else of the header. Raises ValidationError, Unknown."""
    question = entering.open_for(partner_of(request), receipt=receipt_of(request, sent), now=now)
    languages.speak_to_asker_of(question)
    return question


def receipt_of(request: Request, sent: dict[str, Any]) -> str:
    """The receipt, taken out of what was sent, else of the header. Raises ValidationError."""
    receipt = sent.pop("receipt", "") or request.headers.get("Askpeer-Receipt", "")
    if not receipt:
        raise ValidationError({"receipt": "Send the six words here, or in the Askpeer-Receipt header."})
    return receipt


def answer(serializer: type[serializers.Serializer], found: Any, *, status: int = 200, many: bool = False) -> Response:
    return Response(serializer(found, many=many).data, status=status)
