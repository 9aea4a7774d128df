"""A set of short news texts with labels, by which it is measured what rules miss (README.md)."""
