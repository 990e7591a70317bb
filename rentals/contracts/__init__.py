"""Contracts: their terms and text, the documents, the chain of what happened to them, and the proof of it all."""
