"""The JavaScript and TypeScript front end: facts from tree-sitter trees; the only place that imports tree-sitter."""
