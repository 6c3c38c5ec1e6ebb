"""Any board with machine.UART: the pins come from the config file.

Keys of the config: uart, baud, tx_pin, rx_pin, rts_pin, cts_pin, power_pin, pwrkey_pin,
pwrkey_level, pwrkey_ms, reset_pin, reset_level, reset_ms, status_pin; any other board takes them,
too, in place of its own. What is not connected stays out. The limits are the narrowest of all.
"""

NAME = "generic"
PORT = ""  # runs on several
FAMILY = "generic"

UART = 0
BAUD = 115200
TX_PIN = -1
RX_PIN = -1
CTS_PIN = -1
RTS_PIN = -1
RX_BUFFER = 2048

POWER_PIN = -1
PWRKEY_PIN = -1
PWRKEY_LEVEL = 1
PWRKEY_MS = 0
RESET_PIN = -1
RESET_LEVEL = 1
RESET_MS = 0
STATUS_PIN = -1
HOLD = ()

CONSOLE_RING = 128  # SAMD's
CONSOLE_LINE_MAX = 128
WATCHDOG_MAX_MS = 8388
FLASH_STALLS_UART = True
