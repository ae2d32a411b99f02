"""The text report: the one document whose layout a contract fixes, as lines."""
