"""The side-by-side benchmark: `python -m bench` builds its trees, measures, and writes RESULTS.md."""
