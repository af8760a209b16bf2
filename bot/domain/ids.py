"""Identifiers, opaque and never shown to a person."""

from __future__ import annotations

from typing import NewType

QueueId = NewType("QueueId", str)
UserId = NewType("UserId", str)
"""A person in Slack."""
TeamId = NewType("TeamId", str)
"""A Slack workspace."""
ChannelId = NewType("ChannelId", str)
"""A conversation in Slack. A channel's name changes, and its id only when it begins to be shared."""
SubscriptionId = NewType("SubscriptionId", str)
"""A digest that somebody ordered for a channel."""
AgentId = NewType("AgentId", str)
"""A user of the contact centre who handles contacts."""
WrapUpId = NewType("WrapUpId", str)
"""A wrap-up code; most are UUIDs, the platform's built-in ones are words."""
ExportId = NewType("ExportId", str)
"""An export under way."""
