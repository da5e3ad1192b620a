"""From dispatches as they are written to tasks, and to a plan of them."""

from __future__ import annotations
