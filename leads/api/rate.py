"""How often one key may ask: a leaky bucket in Valkey, shared by all web processes, and one in this process when Valkey is silent."""

import math
import threading
import time

import redis
import structlog
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

log = structlog.get_logger(__name__)

TIMEOUT = 0.1
SILENT_SECONDS = 5.0
"""Valkey is not asked again for so long after it failed, so that one request in five seconds waits, not every one."""
MOST_BUCKETS = 10_000

GCRA = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now) + tonumber(ARGV[1])
local early = due - ARGV[1] * ARGV[2] - now
if early > 0 then return early end
redis.call('SET', KEYS[1], string.format('%.0f', due), 'PX', math.ceil((due - now) / 1000) + 1)
return 0
"""
"""Generic cell rate algorithm in microseconds: returns 0, or for how long the request comes too early."""


class Local:
    """The same rule for this process alone."""

    def __init__(self) -> None:
        self.due: dict[str, float] = {}
        self.lock = threading.Lock()

    def early(self, name: str, interval: float, burst: int) -> float:
        now = time.monotonic()
        with self.lock:
            due = max(self.due.pop(name, 0.0), now) + interval
            early = due - interval * burst - now
            self.due[name] = due if early <= 0 else due - interval
            while len(self.due) > MOST_BUCKETS:
                del self.due[next(iter(self.due))]
        return max(early, 0.0)


class Limiter:
    """Asks Valkey, or itself while Valkey is silent."""

    def __init__(self, url: str) -> None:
        self.client = redis.Redis.from_url(
            url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT, retry=Retry(NoBackoff(), 0), health_check_interval=0
        )
        self.script = self.client.register_script(GCRA)
        self.local = Local()
        self.silent_until = 0.0

    def wait_seconds(self, name: str, *, per_second: float, burst: int) -> int:
        """Return 0 when the request may pass, else after how many whole seconds to come again."""
        return math.ceil(self._early(name, 1 / per_second, burst))

    def _early(self, name: str, interval: float, burst: int) -> float:
        if time.monotonic() >= self.silent_until:
            try:
                early: int = self.script(keys=[f"switchyard:rate:{name}"], args=[round(interval * 1_000_000), burst])
            except redis.RedisError as error:
                self.silent_until = time.monotonic() + SILENT_SECONDS
                log.warning("rate.valkey_silent", error=type(error).__name__)
            else:
                return early / 1_000_000
        return self.local.early(name, interval, burst)


class _Made:
    """The limiter of this process."""

    limiter: Limiter | None = None


def limiter() -> Limiter:
    if _Made.limiter is None:
        _Made.limiter = Limiter(settings.REDIS_URL)
    return _Made.limiter
