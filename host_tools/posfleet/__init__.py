"""Many terminals: their reports are carried over MQTT, stored once, and shown by cause."""
