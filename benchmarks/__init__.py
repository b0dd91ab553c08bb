"""One script a number that the README quotes: `python -m benchmarks.ingest`, `.drain`, `.history`, `.tags`."""
