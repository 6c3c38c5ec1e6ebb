"""A fleet of terminals: reports are carried over MQTT, stored once, and shown by cause."""
