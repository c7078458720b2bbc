"""What can go wrong where a plugin is asked in another process, as errors that say it in words."""


class PluginTrouble(Exception):
    """A plugin gave no answer; `words` go on after who it was: "did not answer within 1 s"."""

    def __init__(self, plugin: str, words: str) -> None:
        super().__init__(f"the plugin {plugin} {words}")
        self.plugin = plugin
        self.words = words


class PluginFailed(PluginTrouble):
    """It raised, or answered what cannot be used."""


class PluginStopped(PluginTrouble):
    """It hung, ended by itself or said what cannot be read; its process was killed."""


class PluginAway(PluginTrouble):
    """It is not asked at the moment, whatever the question; `seconds` says when to try again."""

    def __init__(self, plugin: str, words: str, seconds: float) -> None:
        super().__init__(plugin, words)
        self.seconds = seconds


def words_of(error: BaseException) -> str:
    """Say how asking a plugin failed, whether it runs in this process or in another; without what it said itself."""
    return error.words if isinstance(error, PluginTrouble) else f"failed with {type(error).__name__}"
