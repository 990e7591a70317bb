"""The order endpoints, and the addresses under which the first clients pay."""
