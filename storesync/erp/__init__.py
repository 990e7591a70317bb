"""The ERP, which has the true stock and books the sales."""
