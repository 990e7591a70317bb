"""The back office's site and the bases of its pages."""
