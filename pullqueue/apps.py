from django.apps import AppConfig


class PullqueueConfig(AppConfig):
    name = "pullqueue"
    verbose_name = "Sales floor"
