"""Start-up checks: production refuses to run with settings that lose leads or give secrets away; development is told.

`manage.py` commands run them as Django's own checks do; web and workers call `refuse_unsafe_start`, because nothing else would.
Why each limit of the pipeline is as it is: docs/adr/0004.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import Fernet
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 -- Django's name
from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseError
from django.db import connection

from config import broker

SHORTEST_SECRET = 50
BROKER_OPTIONS = ("visibility_timeout", "socket_timeout", "socket_connect_timeout", "max_retries", "interval_start", "interval_max")
GUESSABLE = ("django-insecure", "only-for-development", "change", "secret")


def _celery(name: str) -> Any:
    """Celery's settings are written by `config.broker`, so the type checker does not see them."""
    return getattr(settings, f"CELERY_{name}")


def secret_key_is_weak() -> bool:
    try:
        key = settings.SECRET_KEY
    except ImproperlyConfigured:
        return True
    return len(key) < SHORTEST_SECRET or len(set(key)) < 8 or key.lower().startswith(GUESSABLE)


def encryption_keys_are_unusable() -> bool:
    try:
        return not [Fernet(key) for key in settings.ENCRYPTION_KEYS]
    except (ValueError, TypeError):
        return True


def cookies_are_open() -> bool:
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY")
    return not all(getattr(settings, name) for name in names)


def lease_is_short() -> bool:
    return bool(_celery("TASK_TIME_LIMIT") >= settings.LEASE_SECONDS)


def limit_is_short() -> bool:
    hard, soft = _celery("TASK_TIME_LIMIT"), _celery("TASK_SOFT_TIME_LIMIT")
    return bool(hard <= settings.DRAIN_SECONDS + settings.EXCHANGE_SECONDS or soft >= hard)


def visibility_is_short() -> bool:
    return bool(_celery("BROKER_TRANSPORT_OPTIONS").get("visibility_timeout", 0) <= _celery("TASK_TIME_LIMIT"))


def publishing_may_hang() -> bool:
    options = _celery("BROKER_TRANSPORT_OPTIONS")
    return any(name not in options for name in BROKER_OPTIONS) or options["max_retries"] != 0 or _celery("TASK_PUBLISH_RETRY")


def database_is_another() -> bool:
    return bool(settings.DATABASES["default"].get("ENGINE") != "django.db.backends.postgresql")


@dataclass(frozen=True, slots=True)
class Rule:
    """What must not be, said with its remedy; `in_development` also warns where it does no harm."""

    id: str
    is_broken: Callable[[], bool]
    message: str
    hint: str
    in_development: bool = True


RULES = (
    Rule(
        "switchyard.E001",
        secret_key_is_weak,
        f"SECRET_KEY is missing, shorter than {SHORTEST_SECRET} characters or easy to guess: sessions could be forged.",
        'Set it to the output of: python -c "import secrets; print(secrets.token_urlsafe(48))"',
    ),
    Rule(
        "switchyard.E002",
        encryption_keys_are_unusable,
        "ENCRYPTION_KEYS holds no usable key: secrets of clients could be neither kept nor read.",
        'Set it to the output of: python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"',
    ),
    Rule(
        "switchyard.E003",
        lambda: bool(settings.DEBUG),
        "DEBUG is on: error pages would show people's data.",
        "Take DEBUG out of the environment.",
        in_development=False,
    ),
    Rule(
        "switchyard.E004",
        cookies_are_open,
        "Session or CSRF cookies may travel unencrypted or be read by scripts.",
        "Leave SESSION_COOKIE_SECURE, CSRF_COOKIE_SECURE and SESSION_COOKIE_HTTPONLY on, and serve over HTTPS.",
        in_development=False,
    ),
    Rule(
        "switchyard.E005",
        lambda: "*" in settings.ALLOWED_HOSTS,
        "ALLOWED_HOSTS allows every host name: links in mails could lead elsewhere.",
        "Name the hosts that this installation answers as.",
        in_development=False,
    ),
    Rule(
        "switchyard.E006",
        lease_is_short,
        "A lease runs out before its task is stopped: a lead could be delivered by two workers at once.",
        f"Make LEASE_SECONDS longer than the hard limit of tasks ({broker.HARD_LIMIT} s).",
    ),
    Rule(
        "switchyard.E007",
        limit_is_short,
        "Tasks are stopped before a drain with its last delivery can end: deliveries would stay in doubt.",
        "Keep the hard limit above DRAIN_SECONDS plus EXCHANGE_SECONDS, and the soft limit below the hard one.",
    ),
    Rule(
        "switchyard.E008",
        visibility_is_short,
        "The broker repeats a wake-up while its task still runs.",
        f"Keep visibility_timeout at {broker.VISIBILITY_SECONDS} s.",
    ),
    Rule(
        "switchyard.E009",
        publishing_may_hang,
        "Publishing to a broker that hangs is not bounded: intake would wait for it.",
        "Keep the broker's options of config/broker.py, with max_retries 0 and CELERY_TASK_PUBLISH_RETRY off.",
    ),
    Rule(
        "switchyard.E010",
        database_is_another,
        "The database is not PostgreSQL: others ignore SKIP LOCKED without a word and would sell a lead twice.",
        "Set DATABASE_URL to a PostgreSQL 18 database.",
    ),
)


@register()
def check_settings(app_configs: Iterable[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Judge the settings."""
    return [finding(rule) for rule in RULES if (settings.IS_PRODUCTION or rule.in_development) and rule.is_broken()]


def finding(rule: Rule) -> CheckMessage:
    return (Error if settings.IS_PRODUCTION else Warning)(rule.message, hint=rule.hint, id=rule.id)


@register(Tags.database)
def check_sample_people(app_configs: Iterable[AppConfig] | None, databases: Iterable[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Refuse production with sample people who can still sign in with the password that `manage.py seed` gave them."""
    if not settings.IS_PRODUCTION:
        return []
    names = sorted(sample_people())
    if not names:
        return []
    return [
        Error(
            f"{len(names)} sample people can sign in with the password that manage.py seed gave them: {', '.join(names[:5])}.",
            hint="Remove the samples with manage.py seed --clear, or change these passwords.",
            id="switchyard.E011",
        )
    ]


def sample_people() -> Iterator[str]:
    """Yield the active sample people whose password was never changed; none where the tables are not there yet."""
    from leads.models import Event  # noqa: PLC0415 -- checks are registered before the models are loaded
    from pullqueue.models import User  # noqa: PLC0415

    try:
        seeded = Event.objects.filter(kind="demo.seeded").order_by("-id").first()
        marks = seeded.data.get("people", {}) if seeded else {}
        for person in User.objects.filter(pk__in=[int(key) for key in marks], is_active=True):
            if hashlib.sha256(person.password.encode()).hexdigest()[:16] == marks[str(person.pk)]:
                yield person.username
    except DatabaseError:  # not reachable or not migrated: whoever needs the tables says so
        return


def refuse_unsafe_start() -> None:
    """Stop the process, with every reason, when production must not run so."""
    found = [*check_settings(None), *check_sample_people(None)]
    connection.close()  # workers fork after this
    if errors := [one for one in found if one.level >= Error("").level]:
        raise SystemExit("Not started.\n" + "\n".join(f"{one.id}: {one.msg} {one.hint}" for one in errors))
