"""Recorded sessions of Claude Code, read as streams: which dispatches they hold, and when each one ran.

The format is internal to Claude Code and changes, so nothing here takes a field for granted: what is missing or of
another type is unknown, and what is unknown stays unknown.
"""
