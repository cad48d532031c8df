"""How a number of people is said outside tests and the demo."""

FEW = 20
STEP = 10


def rounded(people: int) -> str:
    """Return `fewer than 20`, or the number rounded down to ten: 187 people are `180`."""
    return f"fewer than {FEW}" if people < FEW else str(people // STEP * STEP)
