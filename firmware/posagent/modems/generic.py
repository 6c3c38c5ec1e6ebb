"""TS 27.007 and 27.005 only: what every module should understand."""

NAME = "generic"
BOOT_URCS = (b"RDY", b"APP RDY", b"START", b"^SYSSTART", b"*ATREADY: 1")
URCS = (b"RING", b"NO CARRIER")
LIMITS = ()
