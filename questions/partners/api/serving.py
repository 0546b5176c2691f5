"""The schema as it is served: made once a process, for it is open to anybody and costs more to make than any answer."""

from functools import cache
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request

from questions.publication.caching import public


@extend_schema(exclude=True)
class SchemaView(SpectacularAPIView):
    """YAML or JSON, whichever is accepted."""

    def get(self, request: Request, *args: object, **kwargs: object) -> HttpResponseBase:
        kind = request.accepted_renderer.media_type
        return public(request, HttpResponse(_rendered(kind), content_type=f"{kind}; charset=utf-8"))


@cache
def schema() -> dict[str, Any]:
    """The whole OpenAPI schema."""
    return SchemaGenerator().get_schema(request=None, public=True)


@cache
def _rendered(media_type: str) -> str | bytes:
    renderer = next(one for one in SchemaView.renderer_classes if one.media_type == media_type)
    return renderer().render(schema(), renderer_context={})
