"""The card: its numbers, its PIN, and its electrical life."""

CME_ABSENT = 10
CME_PIN = 11
CME_PUK = 12
CME_FAILURE = 13
CME_BUSY = 14
CME_WRONG_PASSWORD = 16


class Sim:
    """fault: "" or "failed" (CME 13), "absent" (CME 10), "busy" (CME 14), "bound" (PH-SIM PIN)."""

    def __init__(self, iccid="89860025128306012474", imsi="460001234567890", pin="", number=""):
        self.iccid = iccid
        self.imsi = imsi
        self.number = number
        self.pin = pin  # "" where the PIN request is off
        self.puk = "12345678"
        self.pin_tries = 3
        self.puk_tries = 10
        self.verified = False
        self.fault = ""
        self.fault_until_power = False  # the fault goes when the card loses its supply
        self.nibbles_padded = True  # a 19-digit ICCID shows with its filling F

    def power_up(self):
        """The card loses its session with its supply: the PIN is asked again."""
        self.verified = False
        if self.fault_until_power:
            self.fault = ""
            self.fault_until_power = False

    def state(self):
        """What +CPIN? would print, or a CME number."""
        if self.fault == "absent":
            return CME_ABSENT
        if self.fault == "failed":
            return CME_FAILURE
        if self.fault == "busy":
            return CME_BUSY
        if self.fault == "bound":
            return "PH-SIM PIN"
        if self.pin_tries == 0:
            return "SIM PUK" if self.puk_tries else CME_FAILURE
        if self.pin and not self.verified:
            return "SIM PIN"
        return "READY"

    def ready(self):
        return self.state() == "READY"

    def enter_pin(self, pin):
        """0 or a CME number. Three wrong ones block the card (TS 31.101 cl. 9.5.1)."""
        if self.state() != "SIM PIN":
            return 3
        if pin == self.pin:
            self.verified = True
            self.pin_tries = 3
            return 0
        self.pin_tries -= 1
        return CME_WRONG_PASSWORD if self.pin_tries else CME_PUK

    def enter_puk(self, puk, pin):
        if self.state() != "SIM PUK":
            return 3
        if puk == self.puk:
            self.pin_tries = 3
            self.puk_tries = 10
            self.pin = pin
            self.verified = True
            return 0
        self.puk_tries -= 1
        return CME_WRONG_PASSWORD if self.puk_tries else CME_FAILURE

    def iccid_text(self):
        if len(self.iccid) % 2 and self.nibbles_padded:
            return self.iccid + "F"
        return self.iccid
