"""posdiag called as from a shell, in this process."""

from posdiag.cli import main


def run(capsys, *argv):
    """(exit status, standard output, standard error) of one command line."""
    status = main([str(word) for word in argv])
    shown = capsys.readouterr()
    return status, shown.out, shown.err
