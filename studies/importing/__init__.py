"""Records from files and registries into the library: matched, previewed, applied row by row, taken back."""
