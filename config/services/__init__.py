"""PostgreSQL and Valkey for one checkout, out of the wheels of the dependency group `local`.

Development and tests only: production sets DATABASE_URL, REDIS_URL and CELERY_BROKER_URL. Nothing listens on TCP.
"""

from config.services.ensure import ensure_services
from config.services.errors import ServiceError
from config.services.supervisor import Services

__all__ = ["ServiceError", "Services", "ensure_services"]
