"""What the modem's line may carry: noise, halves, flood. Nothing hangs, everything is counted."""

from __future__ import annotations

import random


def test_lines_of_garbage_are_counted_and_a_sale_goes_through(shop):
    before = shop.counted("modem_garbage")
    for _ in range(5):
        shop.modem_says(b"\x80\xfe\xff\x00 \x91noise\x85\r\n")
    shop.sells()
    assert shop.counted("modem_garbage") == before + 5
    assert "modem lines not understood" in shop.posdiag("status", "{port}").stdout


def test_ten_kilobytes_of_random_bytes_stop_nothing(shop, seed):
    print("seed", seed)
    shop.modem_says(random.Random(seed).randbytes(10_000) + b"\r\n")
    shop.run()
    shop.sells()
    shop.settled()
    assert shop.counted("modem_garbage") > 0


def test_half_a_line_is_not_believed(shop):
    shop.modem_says(b'\r\n+CEREG: 5,"1A2')  # the rest is lost; what comes next ends the line
    shop.run()
    shop.sells()
    shop.settled()
    assert shop.counted("modem_garbage") == 1
    assert shop.status()["status"]["registration"]["eps"] == "home"


def test_a_line_of_8_kb_is_dropped_and_counted_once(shop):
    shop.modem_says(b"+CEREG: " + b"1" * 8192 + b"\r\n")
    shop.sells()
    assert shop.counted("modem_overlong") == 1
    assert "modem lines too long" in shop.posdiag("status", "{port}").stdout


def test_8_kb_without_any_end_of_line_do_not_swallow_what_follows(shop):
    shop.modem_says(b"#" * 8192)
    shop.sells()
    assert shop.counted("modem_overlong") == 1
