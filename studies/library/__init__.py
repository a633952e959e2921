"""The study library: what readers filter, sort, compare and take along."""
