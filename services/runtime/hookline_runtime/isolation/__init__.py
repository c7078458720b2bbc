"""Third-party plugins in processes of their own: what hangs is killed at its bound, what crashes takes nobody along.

One process per plugin, never forked from the service, over two pipes. The process imports the plugin and says what it
registers; the service has proxies of that, which keep the Protocols of the plugin API. Every call has a bound. At the
bound, when the process ends, or when what it says cannot be read, it is killed and started again in the background; the
more often that happens, the longer the pause before. Meanwhile whoever asks is refused at once.

It guards against mistakes, not against malice: a plugin runs as the same user as the service.
"""
