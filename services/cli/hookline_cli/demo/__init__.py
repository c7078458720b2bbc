"""`hookline demo`, which is `make run`: everything started, the sample events published, what happens shown."""
