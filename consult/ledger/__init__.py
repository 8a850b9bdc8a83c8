"""The ledger: canonical documents, the audit chain, the board, sealed papers, signatures and the result bundle."""
