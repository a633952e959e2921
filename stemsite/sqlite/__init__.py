"""Django's SQLite backend with a gate before its one write lock (docs/adr/0020-writers-queue-at-a-gate.md)."""
