"""What a word of several meanings may mean, for those who decide it: labels of its codes, and what helps to choose.

Nothing is decided here. Thổ is Tày in Cao Bằng, Khơ-me in the South and a people of its own in Nghệ An; cháu is a
grandchild or a nephew; whoever looks at the row sees that beside the word.
"""

from schemas import messages
from schemas.code_lists import code_list
from schemas.fields import by_name
from schemas.messages import Language
from transforms.codes import possible_codes
from transforms.text import clean, fold


def meanings(text: str, field: str) -> tuple[str, ...]:
    """Labels of the codes that a word of a coded field (or of the household's relation) may mean, in official order."""
    stem = "relation" if field == "household" else field
    name = by_name("household" if stem == "relation" else stem).code_list
    if name is None:
        return ()
    codes, listed = possible_codes(clean(text), stem), code_list(name).codes
    return tuple(code.label for code in listed if code.code in codes)


def hint(text: str, field: str, language: Language) -> str:
    """Whole sentences beside an ambiguous word: what it may mean, and what tells its meanings apart; "" for no word."""
    stem = "relation" if field == "household" else field
    labels = meanings(text, field)
    said = [messages.text("hint.meanings", language, labels="; ".join(labels))] if labels else []
    key = f"hint.{stem}." + "".join(c for c in fold(clean(text)) if c.isalpha())
    if key in messages.catalogue(language):
        said.append(messages.text(key, language))
    return " ".join(said)
