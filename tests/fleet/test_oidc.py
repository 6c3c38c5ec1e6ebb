"""Signing in with a company's account, at a provider by others in a process of its own."""

import json
import subprocess
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.testclient import TestClient

import crowd
from posfleet.page.app import build
from rig import NOW_S, rows, sqlite
from servers import free_port, wait_for_port
from source_files import ROOT
from waiting import HUNG_S

PROVIDER = ROOT / "build" / "oidc" / "bin" / "oidc-provider-mock"
PEOPLE = (
    {"sub": "1", "email": "ann@example.com", "email_verified": True},
    {"sub": "2", "email": "bob@example.com", "email_verified": True},
    {"sub": "3", "email": "ann@example.com", "email_verified": False},
    {"sub": "4", "email": "ann@example.com", "email_verified": "true"},
    {"sub": "5", "email": "eve@example.com", "email_verified": True},
    {"sub": "6"},
)

pytestmark = pytest.mark.skipif(
    not PROVIDER.exists(), reason="no oidc-provider-mock; make ci-tools installs it"
)


class Company:
    def __init__(self):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [PROVIDER, "--port", str(self.port), "--require-nonce", "true"]
        for person in PEOPLE:
            command += ["--user-claims", json.dumps(person)]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(command, stdout=quiet, stderr=quiet)
        wait_for_port(self.port, self.process)

    def says_yes(self, address, sub):
        """The person signs in there; where their browser is sent then."""
        assert address.startswith(self.url + "/")
        answer = httpx.post(address, data={"sub": sub}, follow_redirects=False, timeout=HUNG_S)
        assert answer.status_code in (302, 303), answer.text
        return answer.headers["location"]

    def stop(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def company():
    found = Company()
    yield found
    found.stop()


@pytest.fixture
def database(tmp_path):
    found = sqlite(tmp_path)
    crowd.settle(found, 20)
    crowd.settle(found, 20, "south")
    yield found
    found.close()


@pytest.fixture
def page(company, database, tmp_path):
    """page() is a browser before the page."""
    for name in ("oidc", "session"):
        (tmp_path / f"{name}.secret").write_text(f"{name} secret of thirty-two bytes or more\n")
        (tmp_path / f"{name}.secret").chmod(0o600)
    (tmp_path / "oidc.toml").write_text(
        f'issuer = "{company.url}"\nclient_id = "posfleet"\nclient_secret_file = "oidc.secret"\n'
        'session_secret_file = "session.secret"\n'
        '[people."ann@example.com"]\nrole = "manage"\nfleets = ["north", "south"]\n'
        '[people."bob@example.com"]\nfleets = ["south"]\n'
    )
    settings = str(tmp_path / "oidc.toml")
    started = lambda: build(database, secure=False, clock=lambda: NOW_S, oidc_file=settings)
    app = started()
    return lambda anew=False: TestClient(started() if anew else app, follow_redirects=False)


def to_company(browser):
    answer = browser.get("/oidc/start")
    assert answer.status_code == 302
    return answer.headers["location"]


def sign_in(browser, company, sub):
    return browser.get(company.says_yes(to_company(browser), sub))


def test_who_is_named_comes_in_with_the_role_and_the_fleets_of_the_file(page, company, database):
    ann, bob = page(), page()
    assert 'href="/oidc/start"' in ann.get("/login").text
    assert sign_in(ann, company, "1").status_code == 303
    assert sign_in(bob, company, "2").status_code == 303
    assert "/t/north/POS-00011" in ann.get("/terminals?lang=en").text
    assert ann.get("/audit").status_code == 200
    assert bob.get("/t/north/POS-00011").status_code == 404
    assert bob.get("/t/south/POS-00011").status_code == 200
    assert bob.get("/audit").status_code == 404  # view is what the file gives who has no role
    said = rows(database, "SELECT account, what FROM audit ORDER BY audit")
    assert said == [(f"{name}@example.com", "signed_in") for name in ("ann", "bob")]


@pytest.mark.parametrize("sub", ["3", "4", "5", "6"])
def test_an_address_that_is_not_verified_or_not_named_is_not_let_in(page, company, database, sub):
    browser = page()
    assert sign_in(browser, company, sub).status_code == 403
    assert browser.get("/terminals").status_code == 303
    assert [what for (what,) in rows(database, "SELECT what FROM audit")] == ["sign_in_refused"]


def test_an_answer_is_good_once_and_only_in_the_browser_that_asked(page, company, database):
    browser, thief = page(), page()
    back = company.says_yes(to_company(browser), "1")
    assert thief.get(back).status_code == 403
    asked = parse_qs(urlsplit(back).query)
    forged = f"/oidc/back?code={asked['code'][0]}&state=guess"
    assert browser.get(forged).status_code == 403
    assert browser.get(back).status_code == 303
    assert browser.get(back).status_code == 403
    assert thief.get("/terminals").status_code == 303
    assert browser.get("/oidc/back?error=access_denied").status_code == 403
    said = [what for (what,) in rows(database, "SELECT what FROM audit ORDER BY audit")]
    assert said == ["sign_in_refused"] * 2 + ["signed_in"] + ["sign_in_refused"] * 2


def test_the_page_stays_up_while_the_company_does_not_answer(page, company):
    """The last one here: the company does not come back."""
    browser = page()
    address = to_company(browser)
    back = company.says_yes(address, "1")
    company.stop()
    assert browser.get(back).status_code == 403
    assert page(anew=True).get("/oidc/start").status_code == 502
    assert browser.get("/login").status_code == 200
