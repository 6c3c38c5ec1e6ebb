"""Functions of the board's side of the prompt: what installing and provisioning both ask."""

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
