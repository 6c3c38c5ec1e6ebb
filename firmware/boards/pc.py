"""A computer that runs MicroPython's unix port: the simulator, or a laptop with a USB modem.

The ports come from the command line (a pty, /dev/ttyUSB2, an inherited descriptor), the flash is
an image file. A USB modem needs no pins; its AT port is usually the second or third ttyUSB.
"""

NAME = "pc"
PORT = "unix"
FAMILY = "quectel"

UART = -1
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

CONSOLE_RING = 4096  # of a Linux tty; a writer waits while it is full
CONSOLE_LINE_MAX = 1024
WATCHDOG_MAX_MS = 60000  # a stand-in without hardware
FLASH_STALLS_UART = False
