"""Who runs the use cases: jobs are nudges, never truth."""
