"""A terminal's payment application, as far as an acquirer sees it: builds what it sends.

Frames come without their length prefix. It keeps what was approved, so that its totals are those
that a real terminal would send.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from .batches import totals_digits
from .ledger import Totals
from .specs import DIALECTS

Fields = dict[str, str]
CARD = "6222020000000000008"
FOREIGN_CARD = "4111111111111111"


@dataclass
class Item:
    """A transaction of the batch, until it is settled."""

    stan: str
    pan: str = field(repr=False)
    amount_minor: int
    credit: bool
    request: Fields = field(repr=False)
    approved: bool = False
    reversed: bool = False

    @property
    def counts(self) -> bool:
        return self.approved and not self.reversed


class Terminal:
    """One terminal's messages: terminal.sale(12345) and so on, terminal.take(answer)."""

    def __init__(
        self,
        tid: str = "TEST0001",
        mid: str = "000000000000001",
        batch: int = 1,
        stan: int = 1,
        dialect: str = "cup",
        mac_key: bytes = b"",
        header: str = "603200321001",
        nii: str = "0003",
    ) -> None:
        self.tid, self.mid, self.batch, self.stan = tid, mid, batch, stan
        self.dialect = DIALECTS[dialect]
        self.mac_key = mac_key
        self.items: list[Item] = []
        self.flags = ""  # of the last 0510
        tpdu = "60" + nii + "0000"
        self._header = {"cup": tpdu + header, "nac": tpdu}.get(dialect, "")

    # -- what a terminal sends ---------------------------------------------------

    def sign_on(self) -> bytes:
        """0800: asks for work keys; the answer may assign a batch."""
        serial = f"Sequence No12{self.tid}".encode().hex()
        if self.dialect.name == "cup":
            return self._frame("0800", "00", "003", {"62": serial, "63": "01 "})
        packed = self.dialect.name == "nac"
        return self._frame("0800", extra={"3": "920000"} if packed else {"70": "001"})

    def echo(self) -> bytes:
        """A sign of life: 0820 in the UnionPay dialect, 0800 elsewhere."""
        if self.dialect.name == "cup":
            return self._frame("0820", "00", "301")
        packed = self.dialect.name == "nac"
        return self._frame("0800", extra={"3": "990000"} if packed else {"70": "301"})

    def sign_off(self) -> bytes:
        return self._frame("0820", "00", "002")

    def sale(self, amount_minor: int, pan: str = CARD, pin: bool = True) -> bytes:
        """0200, chip, with PIN and track 2 as the real one has them."""
        extra = {"22": "051", "23": "001", "25": "00", "49": "156"}
        extra |= {"35": pan[:19] + "D30122010000000000", "52": "00" * 8}
        if pin:
            extra |= {"26": "12", "53": "2600000000000000"}
        if self.dialect.name == "cup":
            extra["55"] = "9F260800000000000000009F360200019F2701809505" + "00" * 5
        if self.dialect.name in ("ascii87", "ascii87b"):
            extra["35"] = extra["35"].replace("D", "=")
        return self._money("0200", "000000", amount_minor, pan, "22", extra)

    def void(self, amount_minor: int, pan: str = CARD) -> bytes:
        """0200 with F3 200000: a credit of the same batch."""
        extra = {"22": "012", "25": "00", "49": "156"}
        return self._money("0200", "200000", amount_minor, pan, "23", extra)

    def balance(self, pan: str = CARD) -> bytes:
        """0200 with F3 310000: moves nothing."""
        extra = {"2": pan, "3": "310000", "22": "051", "25": "00", "49": "156", "64": "0" * 16}
        return self._frame("0200", "01", "000", extra)

    def refund(self, amount_minor: int, pan: str = CARD) -> bytes:
        """0220 with F3 200000."""
        extra = {"22": "012", "25": "00", "49": "156"}
        return self._money("0220", "200000", amount_minor, pan, "25", extra, True)

    def offline_sale(self, amount_minor: int, pan: str = CARD) -> bytes:
        """0220 with F3 000000: decided at the terminal."""
        extra = {"22": "012", "25": "00", "49": "156"}
        return self._money("0220", "000000", amount_minor, pan, "30", extra, True)

    def reversal(self, stan: str = "", reason: str = "98") -> bytes:
        """0400 for an item, the last one by default: a copy without card data, F39 the reason."""
        item = self.item(stan)
        item.reversed = True
        dropped = ("26", "35", "52", "53", "55", "p", "1")
        fields = {name: text for name, text in item.request.items() if name not in dropped}
        fields |= {"t": "0400", "39": reason}
        return self._encode(fields)

    def script_result(self, stan: str = "") -> bytes:
        """0620: the chip's answer to an issuer script."""
        extra = {"25": "00", "55": "9F3303E0F0C8DF3105" + "00" * 5}
        if self.dialect.name != "cup":
            extra.pop("55")
        return self._frame("0620", "00", "951", extra)

    def settlement(self, again: bool = False, off_by_minor: int = 0) -> bytes:
        """0500 with the totals of what was approved; `off_by_minor` spoils them."""
        domestic, foreign = self.totals()
        domestic.debit_minor += off_by_minor
        if self.dialect.name == "cup":
            sums = totals_digits(domestic) + "0" + totals_digits(foreign) + "0"
            return self._frame("0500", "00", "201", {"48": sums, "49": "156", "63": "01 "})
        sums = f"{domestic.debits + foreign.debits:03}"
        sums += f"{domestic.debit_minor + foreign.debit_minor:012}"
        sums += f"{domestic.credits + foreign.credits:03}"
        sums += f"{domestic.credit_minor + foreign.credit_minor:012}"
        extra = {"3": "960000" if again else "920000", "63": sums.ljust(90, "0")}
        return self._frame("0500", extra=extra)

    def uploads(self) -> list[bytes]:
        """0320 for everything in the batch: eight items in each, or one in the other dialects."""
        kept = [item for item in self.items if item.counts]
        if self.dialect.name != "cup":
            return [self._upload_one(item) for item in kept]
        out = []
        for at in range(0, len(kept), 8):
            part = kept[at : at + 8]
            text = f"{len(part):02}"
            for item in part:
                domestic = item.pan.startswith("62")
                text += "00" if domestic else "01"
                text += f"{item.stan}{item.pan:0>20}{item.amount_minor:012}"
            out.append(self._frame("0320", "00", "201", {"48": text}))
        return out

    def _upload_one(self, item: Item) -> bytes:
        extra = {"2": item.pan, "3": item.request["3"], "4": f"{item.amount_minor:012}"}
        return self._frame("0320", extra=extra)

    def upload_end(self, balanced: bool) -> bytes:
        """0320, the end marker: 60.3 207 after a balanced 0510, else 202 with the items' count."""
        count = 0 if balanced else sum(item.counts for item in self.items)
        return self._frame("0320", "00", "207" if balanced else "202", {"48": f"{count:04}"})

    def next_batch(self) -> None:
        """Printed and erased: what a terminal does once its batch is closed."""
        self.batch = self.batch % 999999 + 1
        self.items = []
        self.flags = ""

    # -- what it learns from answers -----------------------------------------------

    def take(self, answer: bytes) -> Fields:
        """Read an answer and act on it; ValueError where it is not readable, or where the terminal
        has a MAC key and the answer's MAC is not the host's.
        """
        fields = self.dialect.decode(answer)
        sealed = self.mac_key and fields["t"][:2] in ("02", "04")
        if sealed and fields.get("64") != self.dialect.mac(self.mac_key, answer):
            raise ValueError("MAC")
        if fields.get("39") not in ("00", "11", "A2", "A4", "A5", "A6"):
            return fields
        if fields["t"][:3] == "021" and fields.get("3", "")[:2] != "31":
            self.item(fields["11"]).approved = True
        if fields["t"][:3] == "051" and len(fields.get("48", "")) == 62:
            self.flags = fields["48"][30] + fields["48"][61]
        if fields["t"] == "0810" and self.dialect.name == "cup":
            self.batch = int(fields["60"][2:8])
        return fields

    def item(self, stan: str = "") -> Item:
        """The item with this STAN, the last one by default; KeyError."""
        for item in reversed(self.items):
            if stan in ("", item.stan):
                return item
        raise KeyError(stan)

    def totals(self) -> tuple[Totals, Totals]:
        """Domestic and foreign totals of what stands."""
        domestic, foreign = Totals(), Totals()
        for item in self.items:
            if item.counts:
                group = domestic if item.pan.startswith("62") else foreign
                group.enter(item.amount_minor, item.credit)
        return domestic, foreign

    # -- frames --------------------------------------------------------------------

    def _money(
        self,
        mti: str,
        f3: str,
        amount_minor: int,
        pan: str,
        kind: str,
        extra: Fields,
        approved: bool = False,
    ) -> bytes:
        fields = {"2": pan, "3": f3, "4": f"{amount_minor:012}"} | extra
        frame = self._frame(mti, kind, "000", fields | {"64": "0" * 16})
        request = self.dialect.decode(frame)
        credit = f3[:2] == "20"
        self.items.append(Item(request["11"], pan, amount_minor, credit, request, approved))
        return frame

    def _frame(
        self, mti: str, kind: str = "", code: str = "", extra: Fields | None = None
    ) -> bytes:
        fields = {"t": mti, "11": f"{self.stan:06}", "41": self.tid, "42": self.mid}
        self.stan = self.stan % 999999 + 1
        if self.dialect.name == "cup":
            more = "60" if mti in ("0200", "0220") else ""
            fields["60"] = f"{kind}{self.batch:06}{code}{more}"
        elif mti == "0500":
            fields["60"] = f"{self.batch:06}"
        if self.dialect.name in ("ascii87", "ascii87b"):
            fields["7"] = f"{datetime(2025, 11, 21, 9, 0, 0):%m%d%H%M%S}"
        return self._encode(fields | (extra or {}))

    def _encode(self, fields: Fields) -> bytes:
        frame = self.dialect.encode(fields | {"h": self._header})
        if "64" in fields and self.mac_key:
            return self.dialect.seal(self.mac_key, frame)
        return frame
