"""The same message in other dress: what is noticed must not depend on it."""

import re

_OTHER_SEX = {
    "he": "she", "she": "he", "him": "her", "his": "her", "hers": "his", "himself": "herself", "herself": "himself",
    "husband": "wife", "wife": "husband", "son": "daughter", "daughter": "son", "dad": "mum", "mum": "dad",
    "mom": "dad", "father": "mother", "mother": "father", "brother": "sister", "sister": "brother",
    "uncle": "aunt", "aunt": "uncle", "boy": "girl", "girl": "boy", "man": "woman", "woman": "man",
    "grandad": "gran", "gran": "grandad", "grandpa": "grandma", "grandma": "grandpa", "boyfriend": "girlfriend",
    "girlfriend": "boyfriend", "nephew": "niece", "niece": "nephew",
}  # fmt: skip
_WORD = re.compile(rf"\b(?:{'|'.join(_OTHER_SEX)}|her)\b", re.IGNORECASE)


def other_sex(text: str) -> str:
    """Every he a she and the other way round. "Her" becomes "his", which is wrong English for some."""

    def swapped(match: re.Match[str]) -> str:
        word = _OTHER_SEX.get(match[0].lower(), "his")
        return word.capitalize() if match[0][0].isupper() else word

    return _WORD.sub(swapped, text)


def lower_case(text: str) -> str:
    return text.lower()


def spaced_out(text: str) -> str:
    return "  ".join(text.split(" "))


def with_hidden_characters(text: str) -> str:
    return "\u200b".join(text.split(" ")).replace("\u200b", "\u200b ")


def without_insurance(text: str) -> str:
    return f"{text} I have no insurance."


def with_a_name(text: str) -> str:
    return f"{text} Regards, Oluwaseun Adebayo-Wexford"


REWORDINGS = (other_sex, lower_case, spaced_out, with_hidden_characters, without_insurance, with_a_name)
