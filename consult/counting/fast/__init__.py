"""The fast counters: identical papers counted together, whole numbers throughout, one module per rule."""
