"""The API as OpenAPI and as a page to read and try: for everybody, because it tells nothing that is anybody's."""

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView


class Schema(SpectacularAPIView):
    authentication_classes = ()


class Docs(SpectacularSwaggerSplitView):
    """Its script comes from an address of its own, so that the page keeps the strict content policy."""

    authentication_classes = ()
    template_name = "api_docs.html"
    url_name = "api_schema"
