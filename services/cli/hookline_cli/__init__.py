"""A person's door: the `hookline` command.

It talks to the services over gRPC like any other client. Only `up` and `demo` also start them. Standard output carries
results and nothing else; progress, notes and errors go to standard error.
"""
