"""The simulated world behind real ports: processes, ptys, TCP, time."""
