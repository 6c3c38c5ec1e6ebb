"""The hosts' side: frames, requests, the device's key, the self-test."""
