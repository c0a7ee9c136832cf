"""The desk's pages, one module each; ``show()`` renders it."""
