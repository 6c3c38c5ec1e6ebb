"""Start of posdiag.exe: as `posdiag` with arguments; a double click shows what is wrong."""

import sys

from posdiag.cli import cli, main

if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(main())
    status = main(["serve"] if "serve" in cli.list_commands(None) else ["doctor"])
    if sys.stdin is not None and sys.stdin.isatty():
        input("Enter ...")
    sys.exit(status)
