"""A request bin: receives webhooks, verifies their signatures, shows what came, and misbehaves on demand."""
