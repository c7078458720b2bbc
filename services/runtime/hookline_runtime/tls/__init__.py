"""Encryption between the services, and of the doors that others come in by.

Servers look at the files of their certificates again with every new connection, so that renewed ones need no restart;
what cannot be read leaves the old ones in place. TLS 1.2 is the least that is spoken.
"""
