"""The Python front end: LibCST visitors that collect the facts of a snippet; the only place that imports LibCST."""
