"""DispatcherPluginService: the plugins of the dispatcher."""

from __future__ import annotations

from typing import Any

from hookline.dispatcher.v1 import plugin_service_pb2 as pb
from hookline.dispatcher.v1 import plugin_service_pb2_grpc

from hookline_runtime.plugins import PluginHost
from hookline_runtime.plugins_shown import shown_plugins


class DispatcherPluginService(plugin_service_pb2_grpc.DispatcherPluginServiceServicer):
    """Shows the plugins that ``host`` found."""

    def __init__(self, host: PluginHost) -> None:
        self._host = host

    async def ListPlugins(self, request: pb.ListPluginsRequest, context: Any) -> pb.ListPluginsResponse:
        """Shows them."""
        return pb.ListPluginsResponse(plugins=shown_plugins(self._host))
