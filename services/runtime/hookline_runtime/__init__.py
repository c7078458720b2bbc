"""What every Hookline service stands on: server, access, health, metrics, settings, logs, plugin host."""
