"""What every module has until its family says otherwise: settings after a boot, and delays."""

from .results import ERROR

SETTINGS = {
    "creg": 0,
    "cgreg": 0,
    "cereg": 0,
    "cgerep": 0,
    "cops_format": 0,
    "cmgf": 0,
    "cscs": "GSM",
    "csdh": 0,
    "csmp": "17,167,0,0",
    "cnmi": (2, 1, 0, 0, 0),
    "cusd": 0,
    "ctzu": 1,
    "ctzr": 0,
}


def nothing(*args):
    """What a module without a TCP stack tells about sockets."""


BASE = {
    "iccid_prefix": "+CCID: ",
    "cmee": 0,
    "fun_tail": "",  # behind the number in the answer to +CFUN?
    "unknown": ERROR,  # the answer to a command that the module does not know
    "registration_modes": (2, 2, 2),  # highest n of +CREG, +CGREG, +CEREG
    "character_sets": ("GSM", "IRA", "UCS2"),
    "answer_ms": (2, 15),
    "cfun_ms": (300, 3200),
    "sms_send_ms": (1200, 4500),
    "sim_busy_ms": 0,  # after power-up +CPIN? says busy
    "dns_timeout_ms": 60000,
    "connect_timeout_ms": 75000,
    "power_key_ms": 500,
    "power_off_ms": 4000,
    "restart_ms": 900,  # from the command to the restart
    "restart_funs": (),  # numbers of +CFUN that restart, beside 1,1
    "apn": "cmnet",
    "socket_data": nothing,
    "socket_closed": nothing,
    "context_gone": nothing,
    "settings": SETTINGS,
}


def profile(changes):
    out = dict(BASE)
    out.update(changes)
    return out


def commands(*tables):
    out = {}
    for table in tables:
        out.update(table)
    return out
