"""The embedded store: one SQLite file, one process, one writer that groups commits.

WAL and ``synchronous=FULL``: what was committed survives a power cut. All writing is done by one thread; whatever waits
for it shares its next commit. Readers have connections of their own and never wait for the writer.
"""
