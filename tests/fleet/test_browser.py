"""The page in a real browser at three widths and in both languages: nothing sticks out."""

import os
import re
import shutil
import subprocess
import threading

import pytest
import uvicorn
from starlette.responses import PlainTextResponse

import crowd
from posfleet.judge import incidents
from posfleet.page import people
from posfleet.page.app import build
from posfleet.page.cookie import COOKIE
from posproto import ids
from rig import NOW_S, sqlite
from servers import free_port, wait_for_port
from source_files import ROOT
from waiting import HUNG_S

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)
WIDTHS = (360, 768, 1280)
PATHS = ("/", "/t/north/POS-00012", "/incident/1", "/calendar", "/platforms", "/terminals")

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium; make ci-tools installs it")


class Looking:
    """The page with a session, and one address more: all pages side by side in frames, measured.
    The page's own rules against frames and scripts are lifted for that."""

    def __init__(self, app, token):
        self.app, self.cookie = app, f"{COOKIE}={token}".encode()

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["path"] == "/side-by-side":
            lang = scope["query_string"].decode()
            await PlainTextResponse(side_by_side(lang), media_type="text/html")(
                scope, receive, send
            )
            return
        scope["headers"] = [*scope["headers"], (b"cookie", self.cookie)]

        async def sending(message):
            if message["type"] == "http.response.start":
                message["headers"] = [
                    pair for pair in message["headers"] if b"policy" not in pair[0]
                ]
            await send(message)

        await self.app(scope, receive, sending)


def side_by_side(lang):
    frames = "".join(
        f'<iframe src="{path}?lang={lang}" title="{path}" width="{width}" height="900"></iframe>'
        for width in WIDTHS
        for path in PATHS
    )
    return (
        f"<!doctype html><body>{frames}<pre id=found></pre><script>onload = () => {{"
        "document.getElementById('found').textContent = [...document.querySelectorAll('iframe')]"
        ".map(f => f.title + ' ' + f.width + ' ' + f.contentDocument.documentElement.scrollWidth"
        " + ' ' + f.contentDocument.title).join('\\n') }</script>"
    )


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("browser")
    database = sqlite(folder)
    fleet = crowd.settle(database, 10_000)
    hit = dict.fromkeys(range(0, 9000, 3), (ids.V_DENIED, 5))
    crowd.says(database, fleet, "north", NOW_S + 9, hit.get)
    incidents.judge(database, NOW_S + 20)
    with database.writing() as work:
        for n, state in ((13, ids.PLATFORM_ARREARS), (12, ids.PLATFORM_ACTIVE)):
            work.run(
                "INSERT INTO platform_state (device, platform, at_s, state, detail)"
                " VALUES (?,?,?,?,?)",
                (fleet[n], "rest", NOW_S, state, ""),
            )
    people.add(database, "ann", "correct horse battery", "manage", ("north",), NOW_S)
    token = people.sign_in(database, "ann", "correct horse battery", NOW_S)
    app = Looking(build(database, secure=False, clock=lambda: NOW_S + 60), token)
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_for_port(port)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(HUNG_S)
    database.close()


def browse(folder, width, *what):
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    command += [f"--window-size={width},6000", f"--user-data-dir={folder}/profile"]
    done = subprocess.run(
        [*command, *what],
        capture_output=True,
        text=True,
        timeout=HUNG_S,
        check=True,
        env=dict(os.environ, HOME=str(folder)),
    )
    return done.stdout


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_pages_of_ten_thousand_terminals_fit_three_windows(address, tmp_path, lang):
    pictures = ROOT / "build" / "screenshots"
    pictures.mkdir(parents=True, exist_ok=True)
    picture = pictures / f"fleet-{lang}.png"
    dom = browse(
        *(tmp_path, 2600, "--dump-dom", f"--screenshot={picture}"),
        f"{address}/side-by-side?{lang}",
    )
    measured = re.findall(r"^(?:<pre id=\"found\">|.*>)?(/\S*) (\d+) (\d+) (.+)$", dom, re.M)
    assert len(measured) == len(WIDTHS) * len(PATHS), dom[-2000:]
    wide = [(path, width, needs) for path, width, needs, _ in measured if int(needs) > int(width)]
    assert not wide
    assert picture.stat().st_size > 100_000
