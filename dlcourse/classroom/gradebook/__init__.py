"""The gradebook: every result and every change by hand, kept for good; what counts is computed from them."""
