"""One key or one small secret encrypted under another（AES-256-GCM）; pure, so that rules may say how."""

import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


def wrap(key: bytes, wrapping_key: bytes, label: bytes) -> bytes:
    """Encrypt a key under another; `label` binds the result to its use."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(wrapping_key).encrypt(nonce, key, label)


def unwrap(wrapped: bytes, wrapping_key: bytes, label: bytes) -> bytes:
    """The key inside; raises InvalidTag when the wrapping key or the label is another."""
    return AESGCM(wrapping_key).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], label)
