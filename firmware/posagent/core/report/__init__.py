"""Reports without a visitor: the terminal itself tells its fleet, over its own line."""
