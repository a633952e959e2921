"""Find-everywhere: one box for words in pages, records of the library and commands (PUB-118)."""
