from django.apps import AppConfig


class DistributionConfig(AppConfig):
    name = "distribution"
    verbose_name = "Distribution"

    def ready(self) -> None:
        from distribution import events, personal, receivers  # noqa: F401, PLC0415 -- sentences of events; people's data; the one signal
        from distribution.demo import events as samples  # noqa: F401, PLC0415
