"""The Celery application: queues, limits and the beat schedule, all in code.

A message is a wake-up without arguments; every limit here has its reason in docs/adr/0004.
"""

import os

from celery import Celery
from celery.signals import beat_init, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("switchyard")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def refuse_unsafe_start(**_: object) -> None:
    """Workers run no system checks of their own."""
    from config import checks  # noqa: PLC0415 -- Django is set up by now

    checks.refuse_unsafe_start()
