"""Deliveries out: claimed, rendered, signed, attempted, settled."""
