"""Signing in with the company's account (OpenID Connect, by authlib).

    issuer = "https://login.example.com"
    client_id = "posfleet"
    client_secret_file = "oidc.secret"
    session_secret_file = "session.secret"
    [people."ann@example.com"]
    role = "manage"
    fleets = ["north"]

Who is not named under [people] is not let in, whatever the company's account says; the address
counts only where the issuer says that it is verified, in a token that it signed with a key of its
own for this page.
"""

from __future__ import annotations

import json
import sys
import warnings
from base64 import urlsafe_b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from ..broker import read_secret
from ..store.database import Database
from . import people
from .audit import note
from .cookie import keep

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

# By which a token may be signed: none that whoever knows our secret could make, whatever the
# issuer's own list says.
_ALGORITHMS = {f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)}
_ALGORITHMS.add("EdDSA")


def _is_signed(token: object) -> bool:
    """Is there an id_token, by a signature that counts? That it is right was looked at before."""
    if not isinstance(token, str):
        return False
    head = token.partition(".")[0]
    header = json.loads(urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    return header.get("alg") in _ALGORITHMS


def routes(
    database: Database, file: str, secure: bool, clock: Callable[[], float]
) -> list[BaseRoute]:
    """The addresses under /oidc."""
    # authlib says, past every filter, that it would rather have httpx2, which has no release for
    # Python 3.10: whoever runs a fleet can do nothing about that.
    with warnings.catch_warnings(record=True):
        from authlib.integrations.starlette_client import OAuth

    path = Path(file)
    settings = tomllib.loads(path.read_text(encoding="utf-8"))
    known: dict[str, Any] = settings.get("people", {})
    issuer = settings["issuer"].rstrip("/")
    oauth = OAuth()
    oauth.register(
        "company",
        client_id=settings["client_id"],
        client_secret=read_secret(str(path.parent / settings["client_secret_file"])),
        server_metadata_url=issuer + "/.well-known/openid-configuration",
        client_kwargs={"scope": "openid email", "code_challenge_method": "S256"},
    )

    wanted = {
        "iss": {"essential": True, "values": [issuer, issuer + "/"]},
        "aud": {"essential": True, "values": [settings["client_id"]]},
    }

    async def start(request: Request) -> Response:
        back = str(request.url_for("oidc:back"))
        try:
            answer: Response = await oauth.company.authorize_redirect(request, back)
        except Exception:  # from outside: the company's server is away, or says something odd
            return PlainTextResponse("the sign-in server does not answer", 502)
        return answer

    async def back(request: Request) -> Response:
        try:
            token = await oauth.company.authorize_access_token(request, claims_options=wanted)
            if not _is_signed(token.get("id_token")):
                raise ValueError("id_token")
        except Exception:  # from outside: refused, forged, replayed, or the server is away
            with database.writing() as work:
                note(work, int(clock()), "", "sign_in_refused")
            return PlainTextResponse("sign-in failed", 403)
        claims = token.get("userinfo") or {}
        address = str(claims.get("email", "")) if claims.get("email_verified") is True else ""
        entry = known.get(address)
        now_s = int(clock())
        with database.writing() as work:
            if entry is None:
                note(work, now_s, address, "sign_in_refused")
                return PlainTextResponse("not let in", 403)
            fleets = " ".join(entry["fleets"])
            session = people.begin(work, address, entry.get("role", "view"), fleets, now_s)
        response = RedirectResponse("/", 303)
        keep(response, session, secure)
        return response

    cookie = Middleware(
        SessionMiddleware,
        secret_key=read_secret(str(path.parent / settings["session_secret_file"])),
        session_cookie="posfleet_oidc",
        https_only=secure,
        max_age=600,
    )
    inner: list[BaseRoute] = [Route("/start", start), Route("/back", back, name="back")]
    return [Mount("/oidc", routes=inner, middleware=[cookie], name="oidc")]
