"""What the stores should show, from what the ERP has."""
