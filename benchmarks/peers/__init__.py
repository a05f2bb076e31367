"""The same small jobs done with other people's libraries; each file runs in the peers' own environment."""
