"""From the broker into the store: verified, once each, acknowledged when it is durable."""
