"""Numbers with their noun, as a reader sees them."""


def counted(number: int, one: str, many: str) -> str:
    """1 story, 1,318 stories."""
    return f"{number:,} {one if number == 1 else many}"
