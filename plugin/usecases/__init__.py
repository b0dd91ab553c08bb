"""What the app does: one verb a file, each owning its transactions."""
