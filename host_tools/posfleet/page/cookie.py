"""The session's cookie."""

from __future__ import annotations

from starlette.responses import Response

from . import people

COOKIE = "posfleet"


def keep(response: Response, token: str, secure: bool) -> None:
    """The session's cookie: for this site alone, out of a script's reach."""
    response.set_cookie(
        COOKIE, token, max_age=people.SESSION_S, httponly=True, secure=secure, samesite="lax"
    )
