"""Published histories, and how they are read."""
