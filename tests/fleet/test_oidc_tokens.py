"""Odd tokens of a sign-in server, each of which the page refuses; one that is right it takes."""

import base64
import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives import serialization
from joserfc import jws, jwt
from joserfc.jwk import RSAKey
from starlette.testclient import TestClient

from posfleet.page.app import build
from rig import NOW_S, rows, sqlite

CLIENT, SECRET = "posfleet", "oidc secret of thirty-two bytes or more"


def coded(value):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Company:
    """A sign-in server that answers what it is told: `token(nonce)` makes the whole answer."""

    def __init__(self):
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.other = RSAKey.generate_key(2048, {"kid": "two"})
        self.algorithms = ["RS256"]
        self.says = lambda nonce: {}
        self.nonce = ""
        company = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self):
                company.answer(self, self.path)

            def do_POST(self):
                self.rfile.read(int(self.headers["content-length"]))
                company.answer(self, self.path)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, request, path):
        if path.endswith("openid-configuration"):
            value = {
                "issuer": self.url,
                "authorization_endpoint": self.url + "/in",
                "token_endpoint": self.url + "/token",
                "jwks_uri": self.url + "/keys",
                "id_token_signing_alg_values_supported": self.algorithms,
            }
        elif path == "/keys":
            value = {"keys": [self.key.as_dict(private=False)]}
        else:
            value = {"access_token": "a", "token_type": "Bearer", **self.says(self.nonce)}
        data = json.dumps(value).encode()
        request.send_response(200)
        request.send_header("content-type", "application/json")
        request.send_header("content-length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)

    def claims(self, nonce, **also):
        now = int(time.time())
        found = {"iss": self.url, "aud": CLIENT, "sub": "1", "iat": now, "exp": now + 300}
        found |= {"nonce": nonce, "email": "ann@example.com", "email_verified": True, **also}
        return {name: value for name, value in found.items() if value is not None}

    def signed(self, nonce, key=None, header=None, **also):
        key = key or self.key
        head = {"alg": "RS256", "kid": key.kid, **(header or {})}
        return jwt.encode(
            head,
            self.claims(nonce, **also),
            key,
            registry=jws.JWSRegistry(algorithms=["RS256"], strict_check_header=False),
        )

    def by_hand(self, nonce, header, secret=b""):
        text = f"{coded(header)}.{coded(self.claims(nonce))}"
        tag = hmac.digest(secret, text.encode(), hashlib.sha256) if secret else b""
        return f"{text}.{coded(tag)}"

    def public_pem(self):
        return self.key.public_key.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )


@pytest.fixture(scope="module")
def company():
    found = Company()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def sign_in(company, tmp_path):
    """sign_in() is the status of an answer to a browser that comes back from there."""
    database = sqlite(tmp_path)
    for name, text in (("oidc", SECRET), ("session", "session " + SECRET)):
        (tmp_path / f"{name}.secret").write_text(text + "\n")
        (tmp_path / f"{name}.secret").chmod(0o600)
    (tmp_path / "oidc.toml").write_text(
        f'issuer = "{company.url}"\nclient_id = "{CLIENT}"\nclient_secret_file = "oidc.secret"\n'
        'session_secret_file = "session.secret"\n'
        '[people."ann@example.com"]\nrole = "manage"\nfleets = ["north"]\n'
    )

    def attempt():
        settings = str(tmp_path / "oidc.toml")
        app = build(database, secure=False, clock=lambda: NOW_S, oidc_file=settings)
        browser = TestClient(app, follow_redirects=False)
        asked = parse_qs(urlsplit(browser.get("/oidc/start").headers["location"]).query)
        company.nonce = asked["nonce"][0]
        status = browser.get(f"/oidc/back?code=c&state={asked['state'][0]}").status_code
        assert (browser.get("/audit").status_code == 200) == (status == 303)
        (said,) = rows(database, "SELECT what FROM audit ORDER BY audit DESC LIMIT 1")
        assert said == ("signed_in" if status == 303 else "sign_in_refused",)
        return status

    yield attempt
    database.close()


WELL = ["RS256"]
WEAK = ["RS256", "HS256", "none"]  # as a server may list that serves others, too
LONG_AGO = 1_000_000_000


def right(company, nonce):
    return {"id_token": company.signed(nonce)}


def claimed(**also):
    return lambda company, nonce: {"id_token": company.signed(nonce, **also)}


ODD = {
    "no token": lambda company, nonce: {},
    "claims beside the token": lambda company, nonce: {"userinfo": company.claims(nonce)},
    "no text": lambda company, nonce: {"id_token": [1]},
    "alg none": lambda company, nonce: {"id_token": company.by_hand(nonce, {"alg": "none"})},
    "alg None": lambda company, nonce: {"id_token": company.by_hand(nonce, {"alg": "None"})},
    "no alg": lambda company, nonce: {"id_token": company.by_hand(nonce, {"kid": "one"})},
    "the public key as a secret": lambda company, nonce: {
        "id_token": company.by_hand(nonce, {"alg": "HS256", "kid": "one"}, company.public_pem())
    },
    "our own secret": lambda company, nonce: {
        "id_token": company.by_hand(nonce, {"alg": "HS256"}, SECRET.encode())
    },
    "another key": lambda company, nonce: {"id_token": company.signed(nonce, company.other)},
    "another key under our kid": lambda company, nonce: {
        "id_token": company.signed(nonce, company.other, {"kid": "one"})
    },
    "another key without a kid": lambda company, nonce: {
        "id_token": company.signed(nonce, company.other, {"kid": ""})
    },
    "a key in the header": lambda company, nonce: {
        "id_token": company.signed(
            nonce, company.other, {"jwk": company.other.as_dict(private=False)}
        )
    },
    "a key's address in the header": lambda company, nonce: {
        "id_token": company.signed(nonce, company.other, {"jku": "http://127.0.0.1:9/keys"})
    },
    "its signature cut": lambda company, nonce: {
        "id_token": company.signed(nonce).rpartition(".")[0] + "."
    },
    "its claims changed": lambda company, nonce: {
        "id_token": ".".join(
            (company.signed(nonce).split(".")[0], coded(company.claims(nonce, sub="2")), "x")
        )
    },
    "another audience": claimed(aud="payroll"),
    "another audience, made out to us": claimed(aud="payroll", azp=CLIENT),
    "other audiences, made out to us": claimed(aud=["payroll", "mail"], azp=CLIENT),
    "ours, made out to another": claimed(aud=[CLIENT, "mail"], azp="mail"),
    "no audience": claimed(aud=None),
    "another issuer": claimed(iss="https://elsewhere.example"),
    "no issuer": claimed(iss=None),
    "expired": claimed(exp=LONG_AGO),
    "no end": claimed(exp=None),
    "an end that is a text": claimed(exp="never"),
    "not valid yet": claimed(nbf=1 << 40),
    "issued in the future": claimed(iat=1 << 40),
    "no nonce": lambda company, nonce: {"id_token": company.signed(None)},
    "another nonce": lambda company, nonce: {"id_token": company.signed("x" * 20)},
    "an address that is a list": claimed(email=["ann@example.com"]),
    "a word instead of true": claimed(email_verified="true"),
}


@pytest.mark.parametrize("algorithms", [WELL, WEAK], ids=["well", "weak"])
@pytest.mark.parametrize("how", [*ODD])
def test_an_odd_token_lets_nobody_in(company, sign_in, how, algorithms):
    company.algorithms = algorithms
    company.says = lambda nonce: ODD[how](company, nonce)
    assert sign_in() == 403


@pytest.mark.parametrize("algorithms", [WELL, WEAK], ids=["well", "weak"])
@pytest.mark.parametrize(
    "made", [right, claimed(aud=[CLIENT]), claimed(aud=[CLIENT, "mail"], azp=CLIENT)]
)
def test_one_that_is_right_lets_its_person_in(company, sign_in, made, algorithms):
    company.algorithms = algorithms
    company.says = lambda nonce: made(company, nonce)
    assert sign_in() == 303
