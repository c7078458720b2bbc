"""The rules of delivering, without any I/O: no clock, no randomness, no network, no store.

Moments are ``int`` microseconds since the Unix epoch and spans ``int`` microseconds, so that they can be stored,
compared and added as they are; now and a random source are arguments. What is decided is returned as a value.
"""
