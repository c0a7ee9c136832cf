"""What of an exchange is searched and shown."""

from drafter.domain import Exchange
from drafter.screening import deidentify
from drafter.text import advice_of
from vectorstore import Document


def document_of(exchange: Exchange) -> Document:
    """What of an exchange is embedded and indexed: masked, the reply without greeting, thanks and signature."""
    reply = advice_of(exchange.reply) or exchange.reply
    return Document(exchange.id, {"question": deidentify(exchange.question.text), "reply": deidentify(reply)})
