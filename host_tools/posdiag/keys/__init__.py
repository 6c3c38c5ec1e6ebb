"""Keys: derived, kept, used to lock and to provision."""
