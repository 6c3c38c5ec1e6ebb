"""Messages to the acquirer: kept, sent once, matched with their answers, and the batch."""
