"""python -m posworld.acquirer: a test host on a port of its own, for the terminal at hand.

It charges nobody. Ctrl-C ends it and shows the books.
"""

from __future__ import annotations

import argparse
import ssl
import time

from .desk import Policy
from .faults import KINDS, Faults
from .host import Acquirer
from .server import AcquirerServer
from .specs import DIALECTS
from .wire import FORMS


def parse() -> argparse.Namespace:
    faults = "\n".join(f"  {kind:18}{text}" for kind, text in KINDS.items())
    parser = argparse.ArgumentParser(
        prog="python -m posworld.acquirer",
        description=__doc__,
        epilog=f"faults, as KIND, KIND=VALUE or KIND=VALUE@MTI, each for one request:\n{faults}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8583, help="0 takes a free one")
    parser.add_argument("--dialect", choices=sorted(DIALECTS), default="cup")
    parser.add_argument("--form", choices=sorted(FORMS), default="bin2", help="length prefix")
    parser.add_argument("--cert", help="PEM file with certificate chain and key: serve TLS")
    parser.add_argument("--fault", action="append", default=[], metavar="KIND[=VALUE][@MTI]")
    parser.add_argument("--answer-ms", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=0, help="end by itself; 0: at Ctrl-C")
    return parser.parse_args()


def place(faults: Faults, text: str) -> None:
    """Place a fault written as on the command line; ValueError where there is no such one."""
    text, _, mti = text.partition("@")
    kind, _, value = text.partition("=")
    faults.add(kind, value or None, mti=mti)


def show_books(host: Acquirer) -> None:
    for booking in host.ledger.bookings:
        sign = "-" if booking.credit else "+"
        amount = f"{sign}{booking.amount_minor // 100}.{booking.amount_minor % 100:02}"
        state = "reversed" if booking.reversed else "stands"
        print(f"{booking.masked:19} {amount:>12} {booking.rrn} STAN {booking.key[2]} {state}")
    for key in host.ledger.double_bookings():
        print("booked more than once:", " ".join(key))
    print(f"{len(host.journal)} requests, {host.unreadable} unreadable")


def main() -> int:
    args = parse()
    faults = Faults()
    try:
        for text in args.fault:
            place(faults, text)
    except ValueError as error:
        print(error)
        return 2
    tls = None
    if args.cert:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(args.cert)
    host = Acquirer(args.dialect, args.form, Policy(answer_ms=args.answer_ms), faults)
    with AcquirerServer(host, args.host, args.port, tls) as server:
        print(f"{args.dialect} host on {args.host}:{server.port}", flush=True)
        end = time.monotonic() + args.seconds if args.seconds else float("inf")
        shown = 0
        try:
            while time.monotonic() < end:
                for seen in host.journal[shown:]:
                    shown += 1
                    code = seen.f39 or "no answer"
                    print(seen.mti, seen.tid, seen.batch, seen.stan, code, flush=True)
                time.sleep(0.05)
        except KeyboardInterrupt:
            print()
    show_books(host)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
