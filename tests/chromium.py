"""A real Chromium for tests that look at pages, steered over its pipe (DevTools protocol)."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from itertools import count
from pathlib import Path

from source_files import ROOT
from waiting import HUNG_S

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)
AXE = ROOT / "build" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = ROOT / "build" / "screenshots"


class Chromium:
    """One browser with one tab. Every wait has an end."""

    def __init__(self, folder: Path) -> None:
        to_it, ours_out = os.pipe()
        ours_in, from_it = os.pipe()
        command = [PROGRAM, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        command += ["--remote-debugging-pipe", f"--user-data-dir={folder / 'profile'}"]
        shell = f'exec "$@" 3<&{to_it} 4>&{from_it}'
        self._process = subprocess.Popen(
            ["bash", "-c", shell, "chromium", *command, "about:blank"],
            pass_fds=(to_it, from_it),
            stderr=subprocess.DEVNULL,
            env=dict(os.environ, HOME=str(folder)),
        )
        os.close(to_it)
        os.close(from_it)
        self._out, self._in = ours_out, ours_in
        self._numbers = count(1)
        self._rest = b""
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(target for target in targets if target["type"] == "page")
        attach = {"targetId": page["targetId"], "flatten": True}
        self._session = self.call("Target.attachToTarget", **attach)["sessionId"]
        self.errors: list[str] = []
        self.call("Page.enable")
        self.call("Runtime.enable")

    _session = ""

    def call(self, method: str, **params):
        """The result of one command; raises AssertionError with what the browser says."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + HUNG_S
        while time.monotonic() < end:
            for answer in self._messages():
                if answer.get("method") == "Runtime.exceptionThrown":
                    self.errors.append(json.dumps(answer["params"])[:1000])
                if answer.get("id") == number:
                    assert "error" not in answer, (method, answer["error"])
                    return answer["result"]
        raise AssertionError(f"no answer to {method}")

    def _messages(self):
        if b"\0" not in self._rest and select.select([self._in], [], [], 0.2)[0]:
            self._rest += os.read(self._in, 1 << 20)
        *whole, self._rest = self._rest.split(b"\0")
        return [json.loads(one) for one in whole]

    def open(self, url: str, width: int = 1280, height: int = 1000) -> None:
        self.size(width, height)
        self.call("Page.navigate", url=url)

    def size(self, width: int, height: int = 1000) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def dark(self, on: bool) -> None:
        value = "dark" if on else "light"
        features = [{"name": "prefers-color-scheme", "value": value}]
        self.call("Emulation.setEmulatedMedia", features=features)

    def run(self, script: str):
        """The value of an expression in the page; promises are waited for."""
        found = self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def wait(self, script: str) -> None:
        """Until the expression is true."""
        end = time.monotonic() + HUNG_S
        while not self.run(f"Boolean({script})"):
            assert time.monotonic() < end, (script, self.run("document.body.innerText")[:2000])
            time.sleep(0.1)

    def key(self, key: str) -> None:
        text = {"Enter": "\r", " ": " "}.get(key, "")
        code = {"Tab": 9, "Enter": 13, " ": 32, "Escape": 27}[key]
        for kind in ("keyDown", "keyUp"):
            more = {"text": text} if text and kind == "keyDown" else {}
            about = {"type": kind, "key": key, "code": key.strip() or "Space", **more}
            self.call("Input.dispatchKeyEvent", windowsVirtualKeyCode=code, **about)

    def overflow(self) -> list[str]:
        """What sticks out of the window, or of the box that it stands in."""
        return self.run(
            """[...document.querySelectorAll('body *')].filter(node => {
            const box = node.getBoundingClientRect();
            if (!box.width || node.closest('.hidden, [hidden], svg, .log')) return false;
            return box.right > innerWidth + 1 || box.left < -1
              || (node.scrollWidth > node.clientWidth + 1 && node.clientWidth
                  && getComputedStyle(node).overflowX === 'visible' && node.children.length === 0
                  && getComputedStyle(node).display !== 'inline');
            }).map(node => `${node.tagName}.${node.className} ${node.textContent.slice(0, 60)}`)
            .concat(document.documentElement.scrollWidth > innerWidth ? ['the page'] : [])"""
        )

    def faults(self) -> list[str]:
        """What axe-core finds against WCAG 2 A and AA: contrast, names, roles, order."""
        self.run(AXE.read_text(encoding="utf-8") + ";0")
        script = "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa']}).then(found =>"
        script += " found.violations.map(one => one.id + ': ' + one.nodes.map(node =>"
        script += " node.html.slice(0, 120) + ' ' + node.failureSummary).join(' | ')))"
        return self.run(script)

    def picture(self, name: str) -> Path:
        """A screenshot of the whole page among the build's output."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        path = PICTURES / f"{name}.png"
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))
        return path

    def pages(self) -> int:
        """How many sheets of A4 it prints on."""
        made = self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        data = base64.b64decode(made["data"])
        return data.count(b"/Type /Page\n") + data.count(b"/Type /Page ")

    def close(self) -> None:
        self._process.kill()
        self._process.wait(HUNG_S)
        os.close(self._out)
        os.close(self._in)
