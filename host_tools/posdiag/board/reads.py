"""What installing and provisioning both ask of a board at its prompt, as functions of its side."""

READS = """
import os
def _bytes(path):
    try:
        with open(path, 'rb') as f:
            return f.read()
    except OSError:
        return b''
def _locked():
    try:
        os.stat('/data/locked')
    except OSError as error:
        return error.errno != 2
    return True
"""
