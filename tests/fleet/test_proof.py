"""A slice of `make fleet-proof`: real agents' signed frames through a real broker with TLS, while
collectors, bridge and broker are killed; and the alert rules, by Prometheus' own tool."""

import json
import re
import subprocess

import pytest

import proof
import recorded
import servers
from source_files import ROOT

OPS = ROOT / "host_tools" / "posfleet" / "ops"
TERMINALS, MINUTES = 500, 3


@pytest.fixture(scope="module")
def found():
    servers.program("mosquitto", "/usr/sbin", "/usr/local/sbin")
    return recorded.record(1, TERMINALS, MINUTES)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_five_hundred_terminals_are_stored_once_whoever_is_killed(found, kind, request):
    url = "" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    objections, figures = proof.prove(found, url, kill_s=0.7)
    print(kind, figures)
    assert objections == []
    assert figures["reports"] > TERMINALS and figures["refused"] == 0


def test_the_recording_has_what_may_go_wrong(found):
    """Or the proof would prove nothing: restarts, several numbers, doubled seconds."""
    events = sum(len(proof.sent_of(frames)[0]) for _, _, frames in found)
    statuses = sum(len(proof.sent_of(frames)[1]) for _, _, frames in found)
    assert events > 5 * TERMINALS and statuses > TERMINALS
    assert all(frames for _, _, frames in found)


def test_an_outage_of_half_an_hour_fires_one_alert():
    tool = servers.program("promtool")
    for command in (["check", "rules", "alerts.yml"], ["test", "rules", "alerts_test.yml"]):
        done = subprocess.run([tool, *command], cwd=OPS, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_dashboard_and_rules_ask_for_metrics_that_exist():
    board = json.loads((OPS / "dashboard.json").read_text())
    asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    asked.append((OPS / "alerts.yml").read_text())
    source = (ROOT / "host_tools" / "posfleet" / "metrics.py").read_text()
    for name in set(re.findall(r"posma_\w+", " ".join(asked))):
        assert f'"{name.removesuffix("_total")}"' in source, name
    places = [tuple(panel["gridPos"].values()) for panel in board["panels"]]
    assert len({panel["id"] for panel in board["panels"]}) == len(places) == len(set(places))
    assert all(x + w <= 24 for x, _, w, _ in places)
