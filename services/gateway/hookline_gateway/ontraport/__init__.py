"""The original's API below ``/1/``: clients that were made for it work here once they have another base address.

Pure parts read parameters and conditions and keep the rate limit; ``operations`` puts them together over gRPC.
"""

from hookline_gateway.ontraport.routes import routes as routes
