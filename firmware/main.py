"""Starts the agent: on a board as /main.py behind boot.py, on the `pc` board by its command line.

micropython -m main --modem TTY --host TTY [--app TTY] [--clock TTY] [--data DIR]
    [--config FILE] [--key FILE] [--watchdog FILE] [--seed N]
"""


def main():
    """Start the program of the slot that boot.py chose; it stays until the power goes."""
    from posagent import start

    start.main()


if __name__ == "__main__" and not globals().get("maintenance"):
    main()
