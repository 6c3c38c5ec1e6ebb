"""The operator: coverage, subscription and its bars, the answers of its core network.

Everything that a network decides about one terminal is asked here; radio.py only carries it out.
"""

from ..calendar import unix
from ..story.agenda import Agenda
from . import texts
from .account import Account, Bar
from .smsc import SmsCentre
from .subscription import Subscriptions

# Access technologies as +COPS and +CEREG number them (TS 27.007 cl. 7.3).
GSM = 0
UTRAN = 2
LTE = 7

SHORT = {"cmcc": "CMCC", "unicom": "UNICOM", "telecom": "CT"}
HIDDEN = "hidden"  # noted in place of a cause that the terminal is not told


class Cell:
    """A cell of one access technology, with its level where the terminal is."""

    def __init__(self, act, area, ident, dbm):
        self.act = act
        self.area = area  # LAC or TAC
        self.ident = ident
        self.dbm = self.clear_dbm = dbm  # RSRP on LTE, RSSI elsewhere; and where nothing dims it
        self.barred = False


class Operator(Subscriptions):
    """One network and the account of one card at it.

    notes collects (now_ms, kind, detail): what the network saw. Judges of an agent's behaviour
    read it; accesses among them are counted against radio budgets.
    """

    def __init__(self, rng, agenda=None, brand="cmcc", plmn="46000", name="CHINA MOBILE"):
        self.rng = rng.fork("operator")
        self.agenda = agenda or Agenda()
        self.brand = brand
        self.plmn = plmn
        self.name = name
        self.short = SHORT.get(brand, "CBN")
        self.epoch_s = unix(2025, 6, 3, 1, 30, 0)  # unix time at now_ms = 0
        self.zone_quarters = 32
        self.nitz = True
        self.account = Account()
        self.smsc = SmsCentre(self, rng.fork("smsc"))
        self.cells = [
            Cell(LTE, 0x550A, 0x82E8C80, -93),
            Cell(GSM, 0x1A2B, 0x4C11, -81),
        ]
        self.shades = []  # (dbm, technology or None)
        self.roaming = False
        self.attach_ms = (300, 1500)
        self.gate = None  # of a cell that many share: gate(now_ms) -> ms to wait, 0 lets it in
        self.mute = False  # the core network answers nothing: attach and activation time out
        self.refused_apns = ()  # these get ESM 27
        self.default_apn = "cmnet"
        self.combined = True  # LTE attach registers for CS too (SGs)
        # A terminal refused data service may keep its attach (the network substitutes a bearer
        # without Internet) or lose it with EMM 19 around the ESM cause.
        self.refused_data_detaches = False
        self.path = "ok"  # ok, blackhole, captive, refuse, dns_fail, dns_silent
        self.nat_timeout_s = 0  # idle longer than this and a connection is dead without a word
        self.certificates = {}  # of one host, by its name, where it is another than all others'
        self.certificate = "good"  # of whoever answers with TLS: wrong_name, expired, unknown_ca
        self.suites = None  # numbers of the cipher suites that the hosts take; None: any
        self.captive_address = "10.199.1.1"
        self.rtt_ms = (40, 180)
        self.ussd_answer = None  # instead of the balance
        self.ussd_works = True
        self.radio = None
        self.notes = []
        self.on_note = None  # on_note(now_ms, kind, detail) for a live view
        self.ears = []  # faults that wait for something: each hears the kind of every note
        self._address = 10

    def unix_s(self):
        return self.epoch_s + self.agenda.now_ms // 1000

    def note(self, kind, detail=None):
        self.notes.append((self.agenda.now_ms, kind, detail))
        if self.on_note:
            self.on_note(self.agenda.now_ms, kind, detail)
        for hear in self.ears[:]:
            hear(kind)

    # -- coverage ------------------------------------------------------------

    def cell(self, act):
        """The cell of an access technology that may be camped on, or None."""
        cell = self.heard(act)
        return None if cell is None or cell.barred else cell

    def heard(self, act):
        """The cell of an access technology that can be heard, barred or not, or None."""
        for cell in self.cells:
            if cell.act == act and cell.dbm > -121:
                return cell
        return None

    def cover(self, act, dbm):
        """Set the level of one technology; -140 is out of coverage."""
        for cell in self.cells:
            if cell.act == act:
                cell.clear_dbm = dbm
                break
        else:
            self.cells.append(Cell(act, 0x550A + act, 0x82E8C00 + act, dbm))
        self._shine()

    def dim(self, dbm, act=None):
        """At most this level for a time, on one technology or on all; returns what ends it. Such
        times may overlap.
        """
        shade = (dbm, act)
        self.shades.append(shade)
        self._shine()

        def over():
            self.shades.remove(shade)
            self._shine()

        return over

    def _shine(self):
        for cell in self.cells:
            cell.dbm = cell.clear_dbm
            for dbm, act in self.shades:
                if act in (None, cell.act) and dbm < cell.dbm:
                    cell.dbm = dbm
        if self.radio:
            self.radio.coverage_changed()

    # -- decisions of the core network ---------------------------------------

    def attach(self, act):
        """(accepted, EMM or GMM cause, back-off s); cause -1: no answer at all, -2: the cell has
        no room for a connection now (RRCConnectionReject, TS 36.331 cl. 5.3.3.8), and ms to wait.
        """
        wait_ms = self.gate(self.agenda.now_ms) if self.gate else 0
        if wait_ms:
            self.note("attach", "full")
            return False, -2, wait_ms
        if self.mute:
            self.note("attach", "mute")
            return False, -1, 0
        bar = self.account.barred("attach")
        if bar:
            self.note("attach", HIDDEN if bar.hidden else bar.cause)
            return False, bar.cause, bar.back_off_s
        if self.refused_data_detaches and self.account.barred("data") and act == LTE:
            self.note("attach", 19)
            return False, 19, 0
        self.note("attach", 0)
        return True, 0, 0

    def activate(self, apn, kind="activate"):
        """(address or None, ESM cause, back-off s) for a session to this APN; cause -1: mute.

        kind "bearer" is the one that comes with an LTE attach, asked for by nobody.
        """
        if self.mute:
            self.note(kind, "mute")
            return None, -1, 0
        bar = self.account.barred("data")
        if bar:
            self.note(kind, HIDDEN if bar.hidden else bar.cause)
            return None, bar.cause, bar.back_off_s
        if apn in self.refused_apns:
            self.note(kind, 27)
            return None, 27, 0
        self.note(kind, 0)
        self._address += 1
        return "10.76.%d.%d" % (51 + self._address // 250, 1 + self._address % 250), 0, 0

    def data_bar_hidden(self):
        bar = self.account.barred("data")
        return bar is not None and bar.hidden

    def resolve(self, host):
        """(QI-style error, [addresses]) of a name; the path may lie or be silent."""
        if self.path in ("blackhole", "dns_silent"):
            return -1, []
        if self.path == "dns_fail":
            return 565, []
        if self.path == "captive":
            return 0, [self.captive_address]
        if host.replace(".", "").isdigit():
            return 0, [host]
        total = 0
        for c in host:
            total = (total * 31 + ord(c)) & 0xFFFF
        return 0, ["203.0.113.%d" % (1 + total % 250)]

    # -- messages ------------------------------------------------------------

    def page(self, message):
        taken = self.radio is not None and self.radio.deliver(message)
        if taken and message.paid:
            self.note("paid_text")  # from now on the terminal may know
        return taken

    def sms_service(self, text):
        """The operator writes of its own accord, from its service number."""
        paid = "复机成功" in text or "充值成功" in text
        self.smsc.send(texts.SERVICES[self.brand][0], text, paid)

    # -- what happens to the account -----------------------------------------

    def set_balance(self, minor):
        self.account.balance_minor = minor
        self.settle_account()

    def consume(self, minor):
        self.set_balance(self.account.balance_minor - minor)

    def top_up(self, minor):
        account = self.account
        account.balance_minor += minor
        self.note("top_up", minor)
        after = texts.yuan(account.balance_minor)
        self.sms_service(texts.TOPPED_UP % (texts.yuan(minor), after))
        if not account.overdue():
            account.warned = account.balance_minor < account.low_below_minor
            if account.bars and account.arrears is not None:
                later_ms = account.restore_s * 1000
                self.agenda.after(later_ms, self.on_card, self.used, self.restore)

    def settle_account(self):
        """Warn and bar as the balance demands."""
        account = self.account
        low = account.balance_minor < account.low_below_minor
        if low and not account.warned and not account.overdue():
            account.warned = True
            self.sms_service(texts.LOW % texts.yuan(account.low_below_minor))
        if account.overdue() and not account.barred(account.arrears.layer):
            self.sms_service(texts.SUSPENDED % texts.yuan(-account.balance_minor))
            self.bar(account.arrears)

    def restore(self):
        if not self.account.overdue() and self.account.unbar():
            self.note("unbarred")
            self.sms_service(texts.RESUMED)
            if self.radio:
                self.radio.bar_lifted()

    def bar(self, bar):
        self.account.bar(bar)
        self.note("barred", (bar.layer, bar.cause))
        if self.radio:
            self.radio.bar_fell(bar)

    def unbar(self, layer=None):
        if self.account.unbar(layer):
            self.note("unbarred")
            if self.radio:
                self.radio.bar_lifted()


def bar_of(spec):
    """A Bar from a scenario's table."""
    return Bar(
        spec.get("layer", "data"),
        spec.get("cause", 0),
        spec.get("back_off_s", 0),
        spec.get("hidden", False),
        spec.get("deactivates", True),
    )
