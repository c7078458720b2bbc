"""Where a request may go, as far as its URL tells: one reading for the registry and the sender. Pure.

Registry and dispatcher decide by these rules and no others, so that what was accepted once is not refused later by a
second reader. Nothing here asks the network: where a name leads is the sender's to find out, and each address that it
finds is judged by `policy.Policy` again.
"""
