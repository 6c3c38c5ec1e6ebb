"""LilyGO T-A7670 (E, SA or G): an ESP32-WROVER-E with a SIMCom A7670.

Nothing to wire: modem, SIM holder and USB bridge are on the board. Leave the header's GPIO4, 5, 26
and 27 free. Power it from USB-A (the maker warns of C-to-C cables) or a battery; either must give
2 A, or the board resets when the modem transmits.

Pins: the "Pins Map" of docs/en/esp32/a7670-esp32 in LilyGO's public LilyGo-Modem-Series
repository; its reset and power-on pulses as in that repository's examples. RTS and CTS are not
connected on this board. Console: USB bridge (CH9102) on UART0, without flow control.
"""

NAME = "lilygo_t_a7670"
PORT = "esp32"
FAMILY = "simcom"

UART = 1
BAUD = 115200
TX_PIN = 26
RX_PIN = 27
CTS_PIN = -1
RTS_PIN = -1
RX_BUFFER = 2048

POWER_PIN = 12  # high switches the modem's supply on
PWRKEY_PIN = 4
PWRKEY_LEVEL = 1
PWRKEY_MS = 0
RESET_PIN = 5
RESET_LEVEL = 1
RESET_MS = 2600  # longer than the family's 100 ms: what the maker's own examples use
STATUS_PIN = -1
HOLD = ((25, 0),)  # DTR low keeps it awake

CONSOLE_RING = 260
CONSOLE_LINE_MAX = 256
WATCHDOG_MAX_MS = 60000  # the port sets no maximum; a minute is our own
FLASH_STALLS_UART = True
