"""How Celery talks to the broker. A message is only a wake-up, so losing one costs latency, never a lead."""

from typing import Any

import environ

DRAIN_SECONDS = 20  # how long one wake-up drains due rows
EXCHANGE_SECONDS = 120  # the longest whole exchange a delivery method may ask for
SOFT_LIMIT = 150
HARD_LIMIT = 170
LEASE_SECONDS = 200  # longer than the hard limit, so a living task never loses its claim
VISIBILITY_SECONDS = 600


def broker_settings(env: environ.Env, *, web: bool) -> dict[str, Any]:
    """Return the `CELERY_` settings. `web` processes wait a second for the broker at most, workers five."""
    return {
        "CELERY_BROKER_URL": env.str("CELERY_BROKER_URL", default="redis://127.0.0.1:6379/0"),
        "CELERY_BROKER_TRANSPORT_OPTIONS": {
            "visibility_timeout": VISIBILITY_SECONDS,
            "socket_timeout": 1 if web else 5,
            "socket_connect_timeout": 1,
            "socket_keepalive": True,
            "health_check_interval": 10,
            "max_retries": 0,
            "interval_start": 0,
            "interval_step": 0,
            "interval_max": 0,
        },
        "CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP": True,
        "CELERY_BROKER_CONNECTION_MAX_RETRIES": None,
        "CELERY_BROKER_POOL_ACQUIRE_TIMEOUT": 1,
        "CELERY_VISIBILITY_TIMEOUT": VISIBILITY_SECONDS,
        "CELERY_TASK_PUBLISH_RETRY": False,
        "CELERY_TASK_IGNORE_RESULT": True,
        "CELERY_TASK_SERIALIZER": "json",
        "CELERY_ACCEPT_CONTENT": ["json"],
        "CELERY_TASK_ACKS_LATE": False,
        "CELERY_TASK_REJECT_ON_WORKER_LOST": False,
        "CELERY_WORKER_PREFETCH_MULTIPLIER": 1,
        "CELERY_WORKER_DISABLE_PREFETCH": True,
        "CELERY_TASK_SOFT_TIME_LIMIT": env.int("SOFT_LIMIT_SECONDS", default=SOFT_LIMIT),
        "CELERY_TASK_TIME_LIMIT": env.int("HARD_LIMIT_SECONDS", default=HARD_LIMIT),
        "CELERY_WORKER_MAX_TASKS_PER_CHILD": 1000,
        "CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT": 30.0,
        "CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS": True,
        "CELERY_WORKER_HIJACK_ROOT_LOGGER": False,
        "CELERY_TASK_DEFAULT_QUEUE": "pipeline",
        "CELERY_TASK_ROUTES": {"distribution.tasks.drain_mails": {"queue": "mail"}, "*.bulk_*": {"queue": "bulk"}},
        "CELERY_BEAT_SCHEDULE": {
            "tick": {"task": "distribution.tasks.tick", "schedule": 30.0, "options": {"expires": 60}},
            "bulk-tick": {"task": "distribution.tasks.bulk_tick", "schedule": 30.0, "options": {"expires": 60}},
            "clean-up": {"task": "leads.tasks.bulk_clean_up", "schedule": 3600.0},
            "tell-of-pauses": {"task": "distribution.tasks.bulk_tell_of_pauses", "schedule": 60.0},
            "tell-notices": {"task": "distribution.tasks.bulk_tell_notices", "schedule": 15.0},
            "hear-of-mails": {"task": "distribution.tasks.bulk_hear_of_mails", "schedule": 60.0},
            "fold-reports": {"task": "distribution.tasks.bulk_fold_reports", "schedule": 30.0},
            "check-invariants": {"task": "distribution.tasks.bulk_check_invariants", "schedule": 6 * 3600.0},
        },
        "CELERY_BEAT_SCHEDULE_FILENAME": env.str("BEAT_SCHEDULE_FILE", default="var/celerybeat-schedule"),
    }
