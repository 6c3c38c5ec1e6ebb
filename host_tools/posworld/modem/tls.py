"""TLS inside the module: who is at the other end, and does the module look?

The bytes behind it go to the host in clear; what is simulated is the judgement of certificates,
with the traps that modules have: no check unless told to, and a clock that was never set.
"""


class Verify:
    """How one connection checks its host. ca: name of the file that holds the authority."""

    def __init__(self, level, ca="", ignore_time=False, version="4", names=False, suite=""):
        self.level = level  # 0 nothing, 1 the server's certificate, 2 ours as well
        self.ca = ca
        self.ignore_time = ignore_time
        self.version = version  # 3: TLS 1.2 alone, 4: any, from SSL 3.0 on
        self.suite = suite.upper().replace("0X", "")  # the one that is offered, "": all it has
        self.names = names  # is the host's name looked for in the certificate? Few modules do

    def judge(self, modem, host):
        """ "", "tls" (certificate refused) or "tls suite" (no suite in common)."""
        operator = modem.operator
        held = operator.certificates.get(host, operator.certificate)
        if self.version != "3":
            operator.note("tls_any_version", self.version)
        if operator.path == "captive":
            held = "unknown_ca"
        if self.suite and operator.suites is not None and self.suite not in operator.suites:
            operator.note("tls_refused", "suite")
            return "tls suite"
        if not self.suite:
            operator.note("tls_any_suite", host)
        if self.level == 0:
            # Connects to anybody: the operator sees that nobody looked.
            operator.note("tls_unchecked", held)
            return ""
        if self.ca not in modem.files:
            operator.note("tls_no_authority", self.ca)
            return "tls"
        if not self.ignore_time and modem.clock_offset_s is None:
            operator.note("tls_refused", "clock")
            return "tls"
        if held in ("expired", "not_yet") and self.ignore_time:
            operator.note("tls_undated", held)
            return ""
        if held == "wrong_name" and not self.names:
            operator.note("tls_wrong_name", host)
            return ""
        if held != "good":
            operator.note("tls_refused", held)
            return "tls"
        operator.note("tls_good", host)
        return ""
