"""The HTTP door to a Hookline installation; it knows registry and dispatcher by gRPC alone."""
