"""How long an attempt took to get connected, and until the first byte of its answer."""

# NULL: it did not come to that, or the attempt is older than this.
SCRIPT = """
ALTER TABLE attempt ADD COLUMN connect_latency INTEGER;
ALTER TABLE attempt ADD COLUMN first_byte_latency INTEGER;
"""
