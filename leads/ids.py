"""Identifiers that sort by the time they were made."""

import os
import time
import uuid


def uuid7() -> uuid.UUID:
    """Return a version 7 UUID (RFC 9562): 48 bits of milliseconds, then 74 random bits."""
    stamp = (time.time_ns() // 1_000_000) << 80
    chance = int.from_bytes(os.urandom(10), "big")
    value = stamp | (0x7 << 76) | (chance & ~(0xF << 76) & ~(0x3 << 62)) | (0x2 << 62)
    return uuid.UUID(int=value)
