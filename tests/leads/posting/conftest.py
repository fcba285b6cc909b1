"""Every test begins with full buckets."""

from tests.leads.buckets import full_buckets

__all__ = ["full_buckets"]
