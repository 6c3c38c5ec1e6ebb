"""A start that takes half of the watchdog's limit feeds it on the way."""

from __future__ import annotations

from types import SimpleNamespace

from posagent import start


def test_a_start_feeds_the_watchdog_before_code_is_loaded_and_before_the_agent_is_made(
    monkeypatch,
):
    order = []
    shell = start.Shell()
    shell.dog = SimpleNamespace(feed=lambda: order.append("fed"))
    shell.source = SimpleNamespace(now_ms=lambda: 0)
    shell.storage = SimpleNamespace(read=lambda name: None)
    shell.ports = {"modem": None}
    shell.is_safe, shell.boot, shell.seed, shell.line_max = False, 1, 1, 1024
    shell.locked = shell.uart_stalls = shell.rts_cts = False
    shell.values, shell.refused, shell.random_bytes, shell.name = {}, [], None, "pc"
    shell.events = []

    class Agent:
        engine = None

        def __init__(self, *given):
            order.append("agent")

    def whole():
        order.append("code")
        return Agent

    monkeypatch.setattr(start, "_prepare", lambda shell: order.append("prepared"))
    for name in ("_start_board", "_start_pc"):
        monkeypatch.setattr(start, name, lambda *shell: None)
    monkeypatch.setattr(start, "_open_modem", lambda shell, agent: order.append("port"))
    monkeypatch.setattr(start, "_start_whole", whole)
    quiet = {name: lambda *given: None for name in ("settle", "based", "at_hand", "collect_each")}
    monkeypatch.setattr(start, "modules", SimpleNamespace(**quiet))
    start._start_life(shell, [])
    at = [order.index(step) for step in ("prepared", "code", "agent")]
    assert "fed" in order[at[0] : at[1]] and "fed" in order[at[1] : at[2]]
    assert order[-1] == "port", "nobody would read what the modem says"
