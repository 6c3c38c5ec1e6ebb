"""A board without RTS/CTS hears nothing while its flash is written, and loses nothing by it."""

import pytest

import deaf


@pytest.mark.parametrize("name", ["demo", "already-connect", "settlement-refused"])
def test_flash_is_written_between_commands(name):
    _, told, storage, port = deaf.play(name)
    assert told
    assert port.lost == 0
    # A command that waits for the network, a buffer that would overflow.
    assert storage.changes > 20 and storage.amid <= 2


@pytest.mark.parametrize("name", ["denied-not-polled-away", "left-coverage-lte-only"])
def test_what_a_long_stall_swallowed_is_asked_again(name, monkeypatch):
    monkeypatch.setattr(deaf, "STALL_MS", 2500)
    _, told, _, port = deaf.play(name)
    assert told
    assert port.lost > 0


def test_a_modem_that_keeps_its_output_back_needs_no_waiting(monkeypatch):
    monkeypatch.setattr(deaf.Agent, "rts_cts", True)
    run, told, storage, _ = deaf.play("healthy")
    assert told
    assert run.together.agent.between.flows
    assert not run.together.agent.between.busy()
