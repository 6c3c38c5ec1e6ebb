"""Faults applied to an answer: first to its fields, then to its bytes on the wire."""

from __future__ import annotations

from typing import Any

from .specs import Dialect
from .wire import Reply, WireReply, add_prefix

GARBAGE = b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/login\r\n\r\n"

Fields = dict[str, str]


def spoil_answer(
    dialect: Dialect, request: Fields, answer: Fields, struck: dict[str, Any]
) -> None:
    """Change the answer's fields as the faults say."""
    if "reject" in struck:
        for name in set(answer) - {"h", "11", "39", "41", "42", "60"}:
            del answer[name]
        answer["t"] = "0620"
    if "tpdu" in struck and dialect.header_bytes >= 5:
        answer["h"] = request["h"][:10] + answer["h"][10:]
    if "order" in struck and dialect.order_at:
        at = dialect.order_at * 2 + 1
        answer["h"] = answer["h"][:at] + f"{int(struck['order'] or 3):X}" + answer["h"][at + 1 :]
    if "origin" in struck:
        answer["t"] = answer["t"][:3] + str(int(answer["t"][3]) | 1)
    if "stan" in struck:
        answer["11"] = f"{(int(answer['11']) + 1) % 1000000:06}"
    if "flags" in struck and "48" in answer:
        flags = str(struck["flags"] or "22")
        answer["48"] = answer["48"][:30] + flags[0] + answer["48"][31:61] + flags[1]
    if "without" in struck:
        answer.pop(str(struck["without"] or "48"), None)


def spoil_wire(form: str, reply: Reply, struck: dict[str, Any]) -> list[Reply]:
    """The replies for one answer, as the faults cut, copy and delay it."""
    delay_ms = reply.delay_ms
    if "garbage" in struck:
        return [WireReply(delay_ms, GARBAGE, "close")]
    if "short" in struck:
        reply = reply._replace(data=reply.data[:-1])
    wire = add_prefix(form, reply.data)
    if "long_prefix" in struck:
        wire = add_prefix(form, reply.data, len(wire) - len(reply.data))
        reply = WireReply(delay_ms, wire)
    if "reset" in struck:
        return [WireReply(delay_ms, wire[: int(struck["reset"] or 5)], "reset")]
    out = [reply]
    if "pieces" in struck:
        gap_ms = int(struck["pieces"] or 20)
        out = [WireReply(delay_ms + i * gap_ms, wire[i : i + 1]) for i in range(len(wire))]
    if "keep_alive" in struck:
        out.insert(0, WireReply(0, add_prefix(form, b"")))
    if "duplicate" in struck:
        gap_ms = int(struck["duplicate"] or 500)
        out += [late._replace(delay_ms=late.delay_ms + gap_ms) for late in list(out)]
    if "half_close_after" in struck:
        out[-1] = out[-1]._replace(close="half")
    return out
