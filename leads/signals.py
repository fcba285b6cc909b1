"""The only signal of the product: an accepted lead is committed. Losing it costs latency, never a lead."""

from django.dispatch import Signal

lead_ready = Signal()
