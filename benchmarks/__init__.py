"""Council's speed, measured beside its peers in the same run."""
