"""What identifies a company: the unified social credit code of GB 32100-2015."""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18


def is_credit_code(code: str) -> bool:
    """Whether the text is a unified social credit code: 18 signs of its alphabet, the last one their check sign."""
    if len(code) != LENGTH or any(sign not in ALPHABET for sign in code):
        return False
    total = sum(ALPHABET.index(sign) * pow(3, place, 31) for place, sign in enumerate(code[:-1]))
    return ALPHABET[-total % 31] == code[-1]
