"""The simulated acquirer: it decides, books, answers, and does on demand what hosts do wrong.

Its codec is pyiso8583 with field lists of its own, so that posproto's walker is never judged by
its twin. CPython only.
"""
