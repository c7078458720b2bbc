"""The commands, one module per group: flags in, a call to a service or a part of this package, output."""
