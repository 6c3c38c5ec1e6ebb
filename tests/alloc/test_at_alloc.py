"""With the heap locked: taking the modem's bytes and naming its results allocates nothing."""

from micropython import heap_lock, heap_unlock

from dual import raises
from posproto.at import lines, result

FINALS = (b"SEND OK", b"SEND FAIL", b"DATA ACCEPT:", b", CLOSE OK", b".")


def locked(function):
    heap_lock()
    try:
        return function()
    finally:
        heap_unlock()


def take(splitter, chunk, count):
    """Feed and drain; returns the events and results as one number."""
    seen = 0
    splitter.feed(chunk, count)
    while True:
        event = splitter.next()
        if event == lines.NONE:
            return seen
        code = result.final(splitter.buf, splitter.start, splitter.end, FINALS)
        if code == result.CME:
            code = result.number(splitter.buf, splitter.start, splitter.end)
        seen = seen * 16 + event + code + 1


def test_the_lock_notices_an_allocation():
    assert raises(MemoryError, locked, lambda: bytes(50))


def test_an_hour_of_lines_in_pieces_allocates_nothing():
    splitter = lines.LineSplitter()
    chunk = bytearray(64)
    size = [0]
    talk = (
        b'\r\n+CEREG: 2,1,"550A","082E8C80",7\r\n\r\nOK\r\n\r\n+CME ERROR: 14\r\n\r\nSEND OK\r\n'
    )
    for i in range(0, len(talk), 7):
        piece = talk[i : i + 7]
        size[0] = len(piece)
        chunk[: size[0]] = piece
        locked(lambda: take(splitter, chunk, size[0]))


def test_prompt_payload_and_open_text_allocate_nothing():
    splitter = lines.LineSplitter()
    splitter.prompt = 62
    prompt = b"\r\n> "
    assert locked(lambda: take(splitter, prompt, len(prompt))) == lines.PROMPT
    head = b"+QIRD: 9\r\n"
    locked(lambda: take(splitter, head, len(head)))
    splitter.payload(9)
    data = b"OK\r\nERROR\r\nOK\r\n"
    locked(lambda: take(splitter, data, len(data)))
    text = b'+CUSD: 0,"Saldo\r\n5 EUR",15\r\n'
    locked(lambda: take(splitter, text, len(text)))


def test_garbage_and_the_move_of_a_half_line_allocate_nothing():
    splitter = lines.LineSplitter(64, 32)
    noise = b"\xff" * 32
    for _ in range(20):
        locked(lambda: take(splitter, noise, 32))
    half = b"\r\n+CSQ: 17"
    for _ in range(20):
        locked(lambda: take(splitter, half, len(half)))
    assert splitter.overlong == 1
