"""What differs between modem families, one module each; only the one in use is loaded."""
