"""Alembic migrations of registry.db; `hookline_registry.migrate` runs them at start."""
