"""The configuration as the dispatcher knows it: a replica of the registry's, and what others read out of it."""
