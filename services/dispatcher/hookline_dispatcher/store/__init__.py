"""The durable queue and log.

What always holds: an event, its deliveries and the state of their lanes are written in one transaction, and nobody is
told of anything before it was committed. Which lane may send, and what follows from an attempt, is decided by the core;
a store applies it. ``protocol.Store`` is what every store offers, and one conformance suite holds them all to it.
"""
