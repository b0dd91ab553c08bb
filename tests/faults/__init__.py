"""Faults: what goes wrong in the world is done to the real app, and each time the same must hold in the end."""
