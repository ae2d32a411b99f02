"""Thresholds from production: a primary's write_lag, sampled for hours over one read-only connection."""
