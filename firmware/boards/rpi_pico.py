"""Raspberry Pi Pico (RP2040) with a modem module or modem board on UART0.

Wiring, all at 3.3 V (a bare module talks 1.8 V and needs level shifters in all four lines):

    GP0 TX  -> modem RXD        GP3 RTS -> modem RTS (its input: "host is ready")
    GP1 RX  <- modem TXD        GP2 CTS <- modem CTS
    GP4     -> base of an NPN transistor that pulls PWRKEY to ground
    GP5     -> the same for RESET_N
    3.8..4.2 V, 2 A for the modem from its own supply, grounds joined

UART0 and its pins: RP2040 data sheet, "GPIO functions" (column F2). RTS/CTS are not optional here:
interrupts are off while flash is erased and programmed, and a 45 ms erase is 500 bytes at 115200.
Console ring and interrupts: MicroPython's rp2 port. Watchdog: machine.WDT in its documentation.
"""

NAME = "rpi_pico"
PORT = "rp2"
FAMILY = "quectel"  # until the config names another

UART = 0
BAUD = 115200
TX_PIN = 0
RX_PIN = 1
CTS_PIN = 2
RTS_PIN = 3
RX_BUFFER = 2048  # 178 ms at 115200

POWER_PIN = -1  # switches the modem's supply on when high, where there is such a line
PWRKEY_PIN = 4
PWRKEY_LEVEL = 1  # at the pin, while the key is pressed
PWRKEY_MS = 0  # 0: what the modem family needs
RESET_PIN = 5
RESET_LEVEL = 1
RESET_MS = 0
STATUS_PIN = -1
HOLD = ()  # (pin, level) set before the modem's power key is touched

FLASH_END = 0x10200000  # of 2 MB; the file system is the last of it (rp2/rp2_flash.c)
RAM_AT = 0x20000000
RAM_END = 0x20040000  # the C stack lies behind

CONSOLE_RING = 512
CONSOLE_LINE_MAX = 1024  # native USB: the host waits while the ring is full
WATCHDOG_MAX_MS = 8388
FLASH_STALLS_UART = True
