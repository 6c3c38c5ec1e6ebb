"""What a host may do to the agent: broken frames, replays, silence. Each is counted and shown."""

from __future__ import annotations

from base64 import b64decode, b64encode

import pytest

from posdiag.errors import RequestFailed
from posproto import cbor, frames, ids
from posproto.link import FrameWriter
from waiting import wait


def question(op=ids.OP_HELLO, request_id=700, args=None):
    """A request's line."""
    writer = FrameWriter()
    frames.put_request(writer.begin(ids.FRAME_REQUEST, request_id), op, args)
    return writer.end()


def answers(client, request_id, count=1):
    """The payloads of the responses to `request_id`, as many as were waited for."""
    found = []

    def come():
        found.extend(
            message.frame.payload
            for message in client.pump(0.05)
            if message.kind == ids.FRAME_RESPONSE and message.frame.request_id == request_id
        )
        return len(found) >= count

    wait("responses", come)
    return found


def still_answers(shop):
    """After whatever came before: a question gets its answer."""
    with shop.client() as client:
        client.transport.write(question(request_id=4711))
        assert answers(client, 4711)


def test_a_frame_with_a_flipped_bit_is_dropped_and_counted(shop):
    whole = bytearray(b64decode(question()[2:]))
    whole[8] ^= 4
    with shop.client() as client:
        client.transport.write(b"\x06C" + b64encode(whole) + b"\n")
    still_answers(shop)
    assert shop.counted("host_bad_crc") == 1


def test_a_frame_that_is_no_base64_is_dropped_and_counted(shop):
    with shop.client() as client:
        client.transport.write(question().replace(question()[10:12], b"*\x80"))
    still_answers(shop)
    assert shop.counted("host_bad_base64") == 1


def test_a_frame_cut_by_the_next_one_costs_itself_only(shop):
    with shop.client() as client:
        client.transport.write(question(request_id=1)[:-9] + question(request_id=2))
        assert answers(client, 2)
    assert shop.counted("host_cut") == 1


def test_an_oversized_frame_is_dropped_and_counted(shop):
    with shop.client() as client:
        client.transport.write(b"\x06C" + b"QUJD" * 2000 + b"\n" + question(request_id=3))
        assert answers(client, 3)
    assert shop.counted("host_overlong") == 1


def test_a_whole_frame_with_unreadable_content_is_refused(shop):
    writer = FrameWriter()
    body = writer.begin(ids.FRAME_REQUEST, 9)
    body.map(1)
    body.uint(ids.RQ_OP)
    body.array(30)  # of which nothing comes
    with shop.client() as client:
        client.transport.write(writer.end())
        (payload,) = answers(client, 9)
    assert cbor.decode(payload)[ids.RS_RESULT] == ids.R_BAD_REQUEST
    assert shop.counted("host_bad_cbor") == 1


def test_text_typed_into_the_port_is_nobodys_frame(shop):
    """A terminal program on the wrong port, or mpremote looking for a prompt."""
    before = shop.status()["counters"]
    with shop.client() as client:
        client.transport.write(b"\r\x03\x03\x01import os\r\nls -la\r\n\x04\x02")
    still_answers(shop)
    assert shop.status()["counters"] == before


def test_a_question_that_arrives_twice_gets_the_same_answer_twice(shop):
    line = question(ids.OP_CHALLENGE, 8)  # answered by chance: a second one would differ
    with shop.client() as client:
        client.transport.write(line + line)
        first, second = answers(client, 8, 2)
    assert first == second
    assert shop.counted("host_replayed") == 1


class Tapped:
    """A transport that keeps the last line that was written."""

    def __init__(self, inner):
        self.inner, self.name, self.line = inner, inner.name, b""
        self.read, self.close = inner.read, inner.close

    def write(self, data):
        self.line = data
        self.inner.write(data)


def test_a_replayed_change_is_not_done_again(shop):
    """First its answer is repeated from memory; later its nonce is used up."""
    with shop.client() as client:
        client.transport = tap = Tapped(client.transport)
        client.request_keyed(ids.OP_SET_TIME, {0: 1_800_000_000}, shop.key)
        recorded, request_id = tap.line, client._request_id
        client.transport.write(recorded)
        (payload,) = answers(client, request_id)
        assert cbor.decode(payload)[ids.RS_RESULT] == ids.R_OK
        for _ in range(8):
            client.ask_status()
        client.transport.write(recorded)
        (payload,) = answers(client, request_id)
        assert cbor.decode(payload)[ids.RS_RESULT] == ids.R_STALE
    set_by_host = [e for e in shop.events() if e["event"] == "clock_set"][-2:]
    assert [e["args"]["reason"] for e in set_by_host] == ["network", "computer"]
    assert shop.counted("host_replayed") == 1


def test_a_change_without_a_key_is_refused_and_counted(shop):
    with shop.client() as client, pytest.raises(RequestFailed) as refused:
        client.request(ids.OP_HEAL, {0: ids.RUNG_CFUN0})
    assert refused.value.result == ids.R_KEY_NEEDED
    assert shop.counted("unkeyed") == 1
    assert "requests without the needed key" in shop.posdiag("status", "{port}").stdout
    assert not [e for e in shop.events() if e["event"] == "rung"][1:]


def test_a_change_with_the_wrong_key_is_refused_counted_and_logged(shop, tmp_path):
    file = tmp_path / "wrong.key"
    file.touch(0o600)
    file.write_text("ab" * 32)
    done = shop.posdiag("heal", "{port}", "cfun0", "--key-file", str(file), status=9)
    assert done.stderr and "Traceback" not in done.stderr
    assert shop.counted("key_wrong") == 1
    (event,) = [e for e in shop.events() if e["event"] == "key_refused"]
    assert event["severity"] == "warning"
    assert not [e for e in shop.events() if e["event"] == "rung"][1:]


def test_the_right_key_opens_what_the_wrong_one_did_not(shop, tmp_path):
    file = tmp_path / "right.key"
    file.touch(0o600)
    file.write_text(shop.key.hex())
    shop.posdiag("trace", "{port}", "--texts", "on", "--key-file", str(file))
    assert shop.counted("key_wrong") == shop.counted("unkeyed") == 0


def test_a_payment_application_that_talks_rubbish_is_counted_and_served(shop):
    app_port = shop.world.shell.app_port
    shop.world.shell.call(lambda: app_port.write(b"\x06C" + b"QUJD" * 9 + b"\n"))
    shop.sells()
    assert shop.counted("app_dropped") == 1


def test_a_host_that_never_reads_stops_neither_agent_nor_money(shop):
    with shop.client() as client:
        shop.do("host", frozen=True)
        for n in range(150):
            client.transport.write(question(ids.OP_LOG, 1000 + n, {0: 0}))
        shop.sells()
        shop.do("host", frozen=False)
        wait("the agent is heard again", lambda: client.ask_status())
    counters = shop.status()["counters"]
    assert counters["host_not_reading"] > 20
    assert "frames dropped, host not reading" in shop.posdiag("status", "{port}").stdout
    known = {e["event"] for e in shop.events()}
    assert {"submitted", "sent", "acknowledged"} <= known  # what the host missed, the log has
