"""PluginService over gRPC."""

from hookline.registry.v1 import plugin_pb2 as pb
from hookline.registry.v1 import plugin_pb2_grpc

from hookline_runtime.plugins import PluginHost
from hookline_runtime.plugins_shown import shown_plugins


class PluginService(plugin_pb2_grpc.PluginServiceServicer):
    """The plugins of the registry."""

    def __init__(self, host: PluginHost) -> None:
        self._host = host

    async def ListPlugins(self, request: pb.ListPluginsRequest, context: object) -> pb.ListPluginsResponse:
        """List the plugins."""
        return pb.ListPluginsResponse(plugins=shown_plugins(self._host))
