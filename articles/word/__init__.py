"""A Word file as the draft of a page: opened safely, shown as it would come in, then written (PUB-97)."""
