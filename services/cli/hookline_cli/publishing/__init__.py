"""Publishing JSON lines over a stream: read, batch, keep several batches in flight, send again what was not acked."""
