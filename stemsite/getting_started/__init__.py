"""What a new clinic does first, each step checked by looking, until nothing is left (PUB-148)."""
