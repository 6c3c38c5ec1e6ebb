"""The bridge beside a terminal: reads its frames, keeps them until the fleet has stored them."""
