"""What the platform allows: how many agents at once, and how deep."""

from __future__ import annotations

QUEUES_ABOVE = 10  # agents that run at once in one response
REFUSED_ABOVE = 20  # agents running at once
LEVELS = 3  # of agents that send agents
