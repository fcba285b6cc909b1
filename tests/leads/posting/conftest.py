"""Every test begins with full buckets."""

from tests.leads.api.conftest import full_buckets

__all__ = ["full_buckets"]
