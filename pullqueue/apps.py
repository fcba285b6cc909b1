from django.apps import AppConfig


class PullqueueConfig(AppConfig):
    name = "pullqueue"
    verbose_name = "Sales floor"

    def ready(self) -> None:
        from pullqueue import events  # noqa: F401, PLC0415 -- sentences of events
