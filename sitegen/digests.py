"""Digests: 16 bytes by which contents, settings and answers are known again."""

from __future__ import annotations

from sitegen.model import Digest

try:  # That is where `hashlib` has it from, which takes 4 ms to load OpenSSL for its others.
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

__all__ = ("blake2b", "hash_bytes")


def hash_bytes(content: bytes) -> Digest:
    """The digest of some content."""
    return Digest(blake2b(content, digest_size=16).digest())
