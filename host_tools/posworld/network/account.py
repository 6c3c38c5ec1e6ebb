"""A SIM card's account at its operator: money, data, and what is barred when nobody paid."""

# Where a bar acts. Each layer may carry its own bar at the same time.
LAYERS = ("attach", "data", "sms", "path")


class Bar:
    """One bar. cause as the network says it: EMM on "attach", ESM on "data", RP on "sms"."""

    def __init__(self, layer, cause=0, back_off_s=0, hidden=False, deactivates=True):
        self.layer = layer
        self.cause = cause
        self.back_off_s = back_off_s  # T3396 sent with the refusal; 0: none, -1: "deactivated"
        self.hidden = hidden  # the modem learns of a failure, not of its cause
        self.deactivates = deactivates  # a running session is ended when the bar falls


class Account:
    """Balance in minor units (fen). Barring for arrears comes and goes with the balance."""

    def __init__(self, balance_minor=5000, currency="CNY"):
        self.balance_minor = balance_minor
        self.currency = currency
        self.bars = {}
        self.arrears = None  # Bar put up when the balance falls below arrears_below_minor
        self.arrears_below_minor = 0
        self.restore_s = 0  # from the payment to the end of the bar: operators take minutes
        self.low_below_minor = 0  # a warning by SMS once below this; 0: none
        self.warned = False
        self.sms_price_minor = 0
        self.data_left_kb = None  # None: not limited
        self.valid_until_s = None  # unix seconds

    def bar(self, bar):
        self.bars[bar.layer] = bar

    def unbar(self, layer=None):
        """Lift one layer's bar, or all; True where there was one."""
        if layer is None:
            had = bool(self.bars)
            self.bars = {}
            return had
        return self.bars.pop(layer, None) is not None

    def barred(self, layer):
        return self.bars.get(layer)

    def overdue(self):
        return self.arrears is not None and self.balance_minor < self.arrears_below_minor
