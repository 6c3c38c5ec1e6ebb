"""Any board with machine.UART: the pins come from the config file.

Each name below may stand in the config in lower case behind `board_`: board_uart, board_tx_pin,
board_pwrkey_level... What is not connected stays -1. Until the config names TX and RX, the agent
says that the modem is silent and touches no pin. The limits are the narrowest of all boards.
"""

NAME = "generic"
PORT = ""  # runs on several
FAMILY = "generic"

UART = 1
BAUD = 115200
TX_PIN = -1
RX_PIN = -1
CTS_PIN = -1
RTS_PIN = -1
RX_BUFFER = 2048

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
