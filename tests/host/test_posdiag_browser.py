"""The report in a real browser: nothing sticks out at desk and phone width."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from frame_device import Device
from posdiag.cli import main
from source_files import ROOT

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)
WIDTHS = {"desk": 1024, "phone": 390}
# Appended to a copy of the page: the widths that the browser gave it.
PROBE = (
    "<pre id=probe style='position:absolute;visibility:hidden'></pre>"
    "<script>document.getElementById('probe').textContent="
    "'wide='+document.documentElement.scrollWidth+' room='+window.innerWidth</script>"
)

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium; make ci-tools installs it")


def browse(page: Path, width: int, *what: str) -> str:
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    command += [f"--window-size={width},1400", f"--user-data-dir={page.parent / 'profile'}"]
    done = subprocess.run(
        [*command, *what, page.as_uri()],
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
        env=dict(os.environ, HOME=str(page.parent)),
    )
    return done.stdout


@pytest.mark.parametrize("lang, words", [("en", "Line suspended"), ("zh", "SIM卡欠费停机")])
@pytest.mark.parametrize("device_name", WIDTHS)
def test_the_report_fits_the_window(tmp_path, capsys, lang, words, device_name):
    width = WIDTHS[device_name]
    page = tmp_path / "report.html"
    with Device() as device:
        main(["report", str(page), device.path, "--lang", lang])
    text = page.read_text(encoding="utf-8")
    probed = tmp_path / "probed.html"
    probed.write_text(text.replace("</body>", PROBE + "</body>"), encoding="utf-8")
    pictures = ROOT / "build" / "screenshots"
    pictures.mkdir(parents=True, exist_ok=True)
    picture = pictures / f"report-{lang}-{device_name}.png"
    shown = browse(probed, width, "--dump-dom", f"--screenshot={picture}")
    assert words in shown
    found = re.search(r"wide=(\d+) room=(\d+)<", shown)
    assert found, shown[-300:]
    wide, room = map(int, found.groups())
    assert wide <= room
    assert picture.stat().st_size > 10_000
