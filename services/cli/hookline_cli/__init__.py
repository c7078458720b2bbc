"""A person's door: the `hookline` command.

It talks to the services over gRPC like any other client. Only `up` and `demo` also start them. Standard output carries
results and nothing else; progress, notes and errors go to standard error.
"""

import os

# The core of gRPC writes lines of its own to standard error, also in the services that are started from here.
# It looks at this variable when it is first imported.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")
