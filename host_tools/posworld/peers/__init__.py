"""How other connection managers look after a modem, each a small policy with its source: what they
ask, when, and what they do about it. Driven through the AT port of the same world as the agent.
"""
