"""The dispatcher: takes events in and makes throttled, retried, signed deliveries of them.

The data go one way: wire -> ingest -> routing -> store -> worker -> encoder -> signature -> sender ->
store -> watch and metrics. Each room holds one of these steps.
"""
