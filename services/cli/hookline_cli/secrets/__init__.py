"""`hookline secrets`: the keys that secrets are sealed with, and databases that are sealed anew."""
