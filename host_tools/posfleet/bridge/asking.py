"""Signed frames from an agent: asking for them, and the answers as the agent signed them."""

from __future__ import annotations

from typing import Any

from posdiag.errors import RequestFailed
from posdiag.link.client import Client, Message
from posproto import ids


class Unsigned(RequestFailed):
    """The agent answers, but does not sign its answers."""


def sign(client: Client, timeout_s: float = 5.0) -> None:
    """From now on, until its next start, the agent signs what it says on this port. Raises
    RequestFailed: an agent that cannot, or one without a key."""
    client.request(ids.OP_SIGN, {0: True}, timeout_s=timeout_s)


def signed(message: Message) -> bytes | None:
    """The COSE_Mac0 of a signed frame, as it came; None where it is not signed."""
    frame = message.frame
    return bytes(frame.payload) if frame.type == ids.FRAME_SIGNED else None


def ask(client: Client, op: int, args: Any = None, timeout_s: float = 5.0) -> tuple[bytes, Any]:
    """(signed answer, its value). Raises Unsigned, RequestFailed, NoAnswer, Disconnected."""
    response = client.request(op, args, timeout_s=timeout_s)
    if not response.signed:
        raise Unsigned(ids.R_OK, result_name="unsigned")
    return response.signed, response.value
