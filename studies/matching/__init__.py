"""How a printed reference is compared with records: folding, rare words, names, journals and numbers (pure)."""
