"""Seals text under a keeper's own key, and wraps that key under the ring of key-encryption keys (KEKs).

A sealed value is version(1) | algorithm(1) | nonce(12) | ciphertext and tag: AES-256-GCM over the UTF-8 text, padded
with 0x80 00 … to steps of 256 bytes. Its additional data are the literal names of the place it was written for, so a
value copied to another row, column or table does not open. A wrapped key is
version(1) | length of the KEK's name(1) | name | nonce(12) | ciphertext and tag(48), bound to its keeper.
Source of the construction: NIST SP 800-38D (GCM, random 96-bit nonces, far under 2**32 values a key).
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

VERSION = 1
AES_256_GCM = 1
NONCE = 12
TAG = 16
AFTER_NAME = NONCE + 32 + TAG  # bytes of a wrapped key behind the name
STEP = 256
HEADER = bytes([VERSION, AES_256_GCM])


class Unreadable(Exception):
    """A sealed value or wrapped key was altered, moved, cut, or belongs to a key that is not in the ring."""


def _bound(*names: str) -> bytes:
    # Length first, so that ("ab", "c") and ("a", "bc") are different places.
    return b"".join(len(raw).to_bytes(2, "big") + raw for raw in (name.encode() for name in names))


def _pad(raw: bytes) -> bytes:
    return raw + b"\x80" + b"\0" * (-(len(raw) + 1) % STEP)


def _unpad(padded: bytes) -> bytes:
    return padded.rstrip(b"\0")[:-1]


def seal(text: str, *, key: bytes, place: tuple[str, ...]) -> bytes:
    """Seal text for one place, e.g. ("questions_message", "text", message id, question id)."""
    nonce = secrets.token_bytes(NONCE)
    return HEADER + nonce + AESGCM(key).encrypt(nonce, _pad(text.encode()), HEADER + _bound(*place))


def unseal(sealed: bytes, *, key: bytes, place: tuple[str, ...]) -> str:
    """Open what seal() made for this very place. Raises Unreadable."""
    if len(sealed) < len(HEADER) + NONCE + TAG + STEP or sealed[:2] != HEADER:
        raise Unreadable("not a sealed value")
    try:
        padded = AESGCM(key).decrypt(sealed[2 : 2 + NONCE], sealed[2 + NONCE :], HEADER + _bound(*place))
    except InvalidTag:
        raise Unreadable("a sealed value does not open here") from None
    return _unpad(padded).decode()


def new_key() -> bytes:
    return secrets.token_bytes(32)


def current_kek() -> str:
    """The name of the key-encryption key in use: the first in the ring."""
    return next(iter(settings.KEKS))


def wrap(key: bytes, *, keeper: tuple[str, ...]) -> bytes:
    """Wrap a keeper's key under the key-encryption key in use; keeper is its table and id."""
    name = current_kek()
    header = bytes([VERSION, len(name)]) + name.encode()
    nonce = secrets.token_bytes(NONCE)
    return header + nonce + AESGCM(settings.KEKS[name]).encrypt(nonce, key, header + _bound(*keeper))


def kek_of(wrapped: bytes) -> str:
    """The name of the key-encryption key that a wrapped key needs. Raises Unreadable."""
    if len(wrapped) < 2 or wrapped[0] != VERSION or len(wrapped) != 2 + wrapped[1] + AFTER_NAME:
        raise Unreadable("not a wrapped key")
    return wrapped[2 : 2 + wrapped[1]].decode("ascii", "replace")


def unwrap(wrapped: bytes, *, keeper: tuple[str, ...]) -> bytes:
    """Open what wrap() made for this keeper. Raises Unreadable, also when its KEK is not in the ring."""
    kek = settings.KEKS.get(kek_of(wrapped))
    if kek is None:
        raise Unreadable("the key-encryption key of this row is not in ASKPEER_KEKS")
    end = 2 + wrapped[1]
    try:
        return AESGCM(kek).decrypt(wrapped[end : end + NONCE], wrapped[end + NONCE :], wrapped[:end] + _bound(*keeper))
    except InvalidTag:
        raise Unreadable("a wrapped key does not open here") from None
