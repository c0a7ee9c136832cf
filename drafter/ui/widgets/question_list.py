"""A list of questions that opens the one that is clicked.

Streamlit's buttons and tables of links read their labels as Markdown, which would load an image that a patient's
title names. This list puts every word into the page as text.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import streamlit as st


@dataclass(frozen=True)
class Row:
    """One question: ``facts`` stand beside it, ``badge`` in the colour of ``level`` (0 to 3) before it."""

    id: str
    title: str
    excerpt: str
    facts: tuple[str, ...]
    badge: str = ""
    level: int = 0


_CSS = """
ul { list-style: none; margin: 0; padding: 0; font: 400 1rem/1.45 var(--st-font); color: var(--st-text-color); }
li { border-bottom: 1px solid var(--st-border-color); }
li:first-child { border-top: 1px solid var(--st-border-color); }
a { display: grid; grid-template-columns: 6.4rem minmax(0, 1fr) 13rem; gap: 0.1rem 1rem; padding: 0.6rem 0.5rem;
  color: inherit; text-decoration: none; }
a:hover { background: var(--st-secondary-background-color); }
a:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: -2px; }
ul.nobadge a { grid-template-columns: 0 minmax(0, 1fr) 13rem; column-gap: 0.5rem; }
.t { font-weight: 600; overflow-wrap: anywhere; }
.e { grid-column: 2; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; opacity: 0.85; }
.f { grid-column: 3; grid-row: 1 / span 2; font-size: 0.875rem; opacity: 0.9; overflow-wrap: anywhere; }
.f span { display: inline-block; margin-right: 0.8rem; }
.f span:first-child { display: block; }
.b { justify-self: start; align-self: start; border-radius: 0.3rem; padding: 0.05rem 0.5rem; font-size: 0.875rem;
  font-weight: 600; }
.l3 { background: light-dark(#fbdcd9, #5c1d18); color: light-dark(#8c1d13, #ffc9c2); }
.l2 { background: light-dark(#fde6cf, #553110); color: light-dark(#84400a, #ffd6a8); }
.l1 { background: light-dark(#f8efc8, #4a3f12); color: light-dark(#665200, #f1dd90); }
.l0 { background: light-dark(#eceeed, #333a39); color: light-dark(#46504e, #c9d2d0); }
@media (max-width: 640px) {
  a, ul.nobadge a { grid-template-columns: minmax(0, 1fr); }
  .e, .f { grid-column: 1; grid-row: auto; }
  .f span:first-child { display: inline-block; }
  .b:empty { display: none; }
}
"""

_JS = """
export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  const list = parentElement.querySelector("ul")
  list.setAttribute("aria-label", data.label)
  list.className = data.rows.some(row => row.badge) ? "" : "nobadge"
  const part = (tag, name, text) => {
    const element = document.createElement(tag)
    element.className = name
    element.textContent = text
    return element
  }
  list.replaceChildren(...data.rows.map(row => {
    const link = document.createElement("a")
    link.href = data.path + "?question=" + encodeURIComponent(row.id)
    const facts = part("span", "f", "")
    facts.append(...row.facts.map(fact => part("span", "", fact)))
    link.append(part("span", row.badge ? "b l" + row.level : "b", row.badge))
    link.append(part("span", "t", row.title), facts, part("span", "e", row.excerpt))
    link.onclick = event => {
      // With a modifier the browser opens a tab of its own, as with any link.
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
      event.preventDefault()
      setTriggerValue("opened", row.id)
    }
    const item = document.createElement("li")
    item.append(link)
    return item
  }))
}
"""

_component = st.components.v2.component("drafter_question_list", html="<ul></ul>", css=_CSS, js=_JS)


def question_list(rows: Sequence[Row], *, label: str, path: str, key: str) -> str | None:
    """Show the rows; gives the id of the one that was just opened. ``path`` is the page a link leads to."""
    data = {"rows": [asdict(row) for row in rows], "label": label, "path": path}
    opened: str | None = _component(key=key, data=data, on_opened_change=lambda: None).opened
    return opened
