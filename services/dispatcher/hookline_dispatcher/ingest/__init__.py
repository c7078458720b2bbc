"""Events in: bounded, routed, committed, acked."""
