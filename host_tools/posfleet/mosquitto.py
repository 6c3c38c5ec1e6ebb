"""Lines of mosquitto's password file."""

from __future__ import annotations

import hashlib
from base64 import b64encode

_ROUNDS = 101  # mosquitto's own default; the passwords are 192 random bits


def password_line(name: str, secret: str, salt: bytes) -> str:
    """PBKDF2 with SHA-512, the format that mosquitto_passwd writes ($7$)."""
    key = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, _ROUNDS)
    return f"{name}:$7${_ROUNDS}${b64encode(salt).decode()}${b64encode(key).decode()}"
