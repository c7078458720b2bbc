"""How a file is brought from each version to the next; scripts are only ever added."""

from . import (
    version_1,
    version_2,
    version_3,
    version_4,
    version_5,
    version_6,
    version_7,
    version_8,
    version_9,
    version_10,
    version_11,
    version_12,
    version_13,
    version_14,
    version_15,
    version_16,
    version_17,
)

MIGRATIONS = (
    version_1.SCRIPT,
    version_2.SCRIPT,
    version_3.SCRIPT,
    version_4.SCRIPT,
    version_5.SCRIPT,
    version_6.SCRIPT,
    version_7.SCRIPT,
    version_8.SCRIPT,
    version_9.SCRIPT,
    version_10.SCRIPT,
    version_11.SCRIPT,
    version_12.SCRIPT,
    version_13.SCRIPT,
    version_14.SCRIPT,
    version_15.SCRIPT,
    version_16.SCRIPT,
    version_17.SCRIPT,
)
"""Script number n brings a file from version n to n + 1."""
