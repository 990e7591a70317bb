"""From a store's order to a sale in the ERP."""
