"""An existing page in, the defects of its citations out (EVD-87)."""
