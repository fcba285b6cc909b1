"""The Celery application: queues, limits and the beat schedule, all in code.

A message is a wake-up without arguments; every limit here has its reason in docs/adr/0004.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("switchyard")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
