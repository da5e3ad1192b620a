"""Facts about snippets: what a front end reads, and the windows and dependences found in it."""
