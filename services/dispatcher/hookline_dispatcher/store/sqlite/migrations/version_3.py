"""What fired a delivery."""

# What fired a delivery: empty for the subscription that it goes to. Replicas of before lack kinds of items that the
# version then left out, and switches of accounts: without its checkpoint the whole configuration is sent again.
SCRIPT = """
ALTER TABLE delivery ADD COLUMN fired_by TEXT NOT NULL DEFAULT '';
DELETE FROM meta WHERE key = 'config_checkpoint';
"""
