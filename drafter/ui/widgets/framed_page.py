"""A whole HTML page in a frame as high as its content, in which nothing can run.

``st.iframe`` lets scripts run with the desk's own origin and adds one of its own, which the page's content
security policy refuses.
"""

import streamlit as st

_CSS = """
iframe { box-sizing: border-box; display: block; width: 100%; height: 30rem; background: var(--st-background-color);
  border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius); }
"""

_JS = """
export default function (component) {
  const { data, parentElement } = component
  const frame = parentElement.querySelector("iframe")
  frame.title = data.title
  const fit = () => {
    const page = frame.contentDocument && frame.contentDocument.documentElement
    if (page) frame.style.height = page.scrollHeight + 2 + "px"
  }
  frame.onload = () => {
    fit()
    const seen = new ResizeObserver(fit)
    seen.observe(frame)
    seen.observe(frame.contentDocument.body)
  }
  if (frame.srcdoc !== data.html) frame.srcdoc = data.html
}
"""

_component = st.components.v2.component(
    # Same origin without scripts: the desk may measure the page, the page can do nothing to the desk.
    "drafter_framed_page",
    html='<iframe sandbox="allow-same-origin" referrerpolicy="no-referrer"></iframe>',
    css=_CSS,
    js=_JS,
)


def framed_page(html: str, *, title: str, key: str) -> None:
    _component(key=key, data={"html": html, "title": title})
