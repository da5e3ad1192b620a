"""Calls found in fences that no parser reads: brackets, strings and indentation instead of a grammar."""
