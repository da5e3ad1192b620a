"""The soak: what the linter is put through in the long run, and a little of it in the tests."""
