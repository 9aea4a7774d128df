"""What the figures in docs/performance.md were measured with. `make bench` runs it; nothing of it is installed."""
