"""Streams of bytes sealed under a key: AES-256-GCM in pieces of a mebibyte, each bound to its place and to whether it is the last.

Cut off, put in another order, changed or opened with another key, a stream is refused (`Unsealable`).
"""

import base64
import hashlib
import os
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"SWITCHYARD1\n"
PIECE = 1024 * 1024
TAG = 16


class Unsealable(Exception):
    """The stream is damaged, or sealed under another key."""


def key_id(key: str) -> str:
    """Name a key without telling it."""
    return hashlib.sha256(b"switchyard key id" + key.encode()).hexdigest()[:12]


def _cipher(key: str, salt: bytes) -> AESGCM:
    raw = base64.urlsafe_b64decode(key)
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"switchyard backup").derive(raw))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


class Sealer:
    """Write into it what shall be sealed, then `close`: what follows a crash in between cannot be opened."""

    def __init__(self, out: BinaryIO, key: str) -> None:
        salt = os.urandom(32)
        self.out, self.cipher, self.held, self.number = out, _cipher(key, salt), bytearray(), 0
        out.write(MAGIC + salt)

    def write(self, data: bytes) -> int:
        self.held += data
        while len(self.held) > PIECE:
            self._seal(bytes(self.held[:PIECE]), is_last=False)
            del self.held[:PIECE]
        return len(data)

    def _seal(self, piece: bytes, *, is_last: bool) -> None:
        self.out.write(self.cipher.encrypt(_nonce(self.number, is_last=is_last), piece, None))
        self.number += 1

    def close(self) -> None:
        self._seal(bytes(self.held), is_last=True)
        self.held.clear()


def opened(source: BinaryIO, key: str) -> Iterator[bytes]:
    """Yield what was sealed, piece by piece. Raises Unsealable."""
    if source.read(len(MAGIC)) != MAGIC:
        raise Unsealable("This is no file of a backup.")
    cipher, number, sealed = _cipher(key, source.read(32)), 0, source.read(PIECE + TAG)
    while True:
        following = source.read(PIECE + TAG)
        try:
            yield cipher.decrypt(_nonce(number, is_last=not following), sealed, None)
        except InvalidTag:
            raise Unsealable("The file is damaged or cut off, or the key is another one.") from None
        if not following:
            return
        number, sealed = number + 1, following
