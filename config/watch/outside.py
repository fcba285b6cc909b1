"""Errors to Sentry and traces to OpenTelemetry: only where their address stands in the environment, and without people's data."""

import importlib
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def start_watching() -> None:
    if settings.SENTRY_DSN:
        _sentry(_needed("sentry_sdk", "SENTRY_DSN", "sentry"))
    if settings.OTEL_ENDPOINT:
        _otel()


def _needed(module: str, variable: str, extra: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError:
        raise ImproperlyConfigured(
            f"{variable} is set, but the package {module.partition('.')[0]} is not installed. "
            f"Install the extra `{extra}` of pyproject.toml, or take {variable} out of the environment."
        ) from None


def _sentry(sentry: Any) -> None:
    sentry.init(
        dsn=settings.SENTRY_DSN,
        environment=settings.SWITCHYARD_ENV,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        before_send=without_data,
    )


def without_data(event: dict[str, Any], _hint: Any = None) -> dict[str, Any]:
    """Leave of an error what it is and where it was raised: messages, addresses and requests may hold people's data."""
    for error in (event.get("exception") or {}).get("values", []):
        error["value"] = ""
    request = event.get("request") or {}
    event["request"] = {"method": request["method"]} if "method" in request else {}
    for name in ("user", "extra", "breadcrumbs", "message", "logentry"):
        event.pop(name, None)
    return event


def _otel() -> None:
    trace = _needed("opentelemetry.trace", "OTEL_EXPORTER_OTLP_ENDPOINT", "otel")
    sdk = _needed("opentelemetry.sdk.trace", "OTEL_EXPORTER_OTLP_ENDPOINT", "otel")
    export = _needed("opentelemetry.sdk.trace.export", "OTEL_EXPORTER_OTLP_ENDPOINT", "otel")
    otlp = _needed("opentelemetry.exporter.otlp.proto.http.trace_exporter", "OTEL_EXPORTER_OTLP_ENDPOINT", "otel")
    django = _needed("opentelemetry.instrumentation.django", "OTEL_EXPORTER_OTLP_ENDPOINT", "otel")
    provider = sdk.TracerProvider()
    provider.add_span_processor(export.BatchSpanProcessor(otlp.OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    django.DjangoInstrumentor().instrument()
