"""Routes worked off: definitions with memory are stepped for what ingest left, and for timers that come due."""
