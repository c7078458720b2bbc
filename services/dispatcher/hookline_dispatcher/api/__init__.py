"""The dispatcher as its callers see it: the gRPC services, and the one place where messages become values and back."""
