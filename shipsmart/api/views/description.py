from django.http import HttpResponse
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request


@extend_schema(exclude=True)
class Description(SpectacularAPIView):
    """The description of this API in OpenAPI 3.1, as JSON, or as YAML with `?format=yaml`. It needs no key."""

    renderer_classes = [OpenApiJsonRenderer, OpenApiYamlRenderer]  # noqa: RUF012
    content_negotiation_class = DefaultContentNegotiation
    authentication_classes: list[type] = []
    permission_classes: list[type] = []
    throttle_classes: list[type] = []

    def get(self, request: Request, *args: object, **kwargs: object) -> HttpResponse:
        return super().get(request, *args, **kwargs)
