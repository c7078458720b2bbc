"""Tests of the pages in a browser: a package, so that what its files share ends with the last of them."""
