"""The splitter under floods: bounded, drained, and never an exception."""

from posproto.at import lines


def flood(splitter, piece, times):
    given = 0
    for _ in range(times):
        splitter.feed(piece, len(piece))
        while True:
            event = splitter.next()
            if event == lines.NONE:
                break
            given += 1
    return given


def test_a_cut_ussd_text_before_nothing_but_line_ends_is_given_up():
    splitter = lines.LineSplitter(32, 16)
    flood(splitter, b'+CUSD: 0,"Sald\r\n', 1)
    flood(splitter, b"\r\n\r\n\r\n\r\n\r\n\r\n", 50)
    assert splitter.overlong == 1
    assert flood(splitter, b"+CSQ: 17,99\r\n", 1) == 1


def test_a_ussd_text_without_end_is_given_up():
    splitter = lines.LineSplitter(32, 16)
    flood(splitter, b'+CUSD: 0,"abc>', 1)
    for piece in (b'",15+QIRD: 5', b'abcde\r\n\r\n\r\n",15>', b"> ERROR+CMS ER", b"ROR: ", b"x"):
        flood(splitter, piece, 1)
    for _ in range(20):
        flood(splitter, b"and on and on \r\n", 1)
    splitter.reset()
    assert splitter.overlong >= 1
    assert flood(splitter, b"+CSQ: 17,99\r\n", 1) == 1


def test_any_flood_of_one_piece_is_survived():
    for piece in (
        b"\r",
        b"\n",
        b" ",
        b">",
        b'"',
        b"x",
        b'+CUSD: "',
        b"OK\r",
        b"+CUSD:\r\n",
        b'\r\n"',
    ):
        for prompt in (0, 62):
            splitter = lines.LineSplitter(32, 16)
            splitter.prompt = prompt
            flood(splitter, piece, 200)
            flood(splitter, b"\r\nOK\r\n", 3)
