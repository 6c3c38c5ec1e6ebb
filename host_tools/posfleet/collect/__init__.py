"""The collector: reports go from the broker into the store, verified, and are acknowledged."""
