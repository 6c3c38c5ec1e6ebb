"""LilyGO T-SIM7600 with an ESP32-WROVER-E and a SIMCom SIM7600.

Nothing to wire, but four DIP switches: 1 and 2 ON (modem's serial lines to the ESP32), 4 OFF (the
ESP32 works the power key). Leave the header's GPIO4, 25, 26, 27, 32 and 33 free. Power it
from USB-A (the maker warns of C-to-C cables) or a battery; either must give 2 A.

Pins and switches: the "Pins Map" of docs/en/esp32/sim7600-esp32 in LilyGO's public
LilyGo-Modem-Series repository. The modem's reset line is not connected, nor are RTS and CTS; note
that TX and RX are the other way round than on the T-A7670. Console: USB bridge (CH9102) on UART0,
without flow control.
"""

NAME = "lilygo_t_sim7600"
PORT = "esp32"
FAMILY = "simcom"

UART = 1
BAUD = 115200
TX_PIN = 27
RX_PIN = 26
CTS_PIN = -1
RTS_PIN = -1
RX_BUFFER = 2048

POWER_PIN = -1
PWRKEY_PIN = 4
PWRKEY_LEVEL = 1
PWRKEY_MS = 500
RESET_PIN = -1
RESET_LEVEL = 1
RESET_MS = 0
STATUS_PIN = 34
HOLD = ((25, 1), (32, 0))  # flight-mode line high: radio allowed; DTR low keeps it awake

CONSOLE_RING = 260
CONSOLE_LINE_MAX = 256
WATCHDOG_MAX_MS = 60000  # the port sets no maximum; a minute is our own
FLASH_STALLS_UART = True
