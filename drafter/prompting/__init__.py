"""What a model is told: prompt versions, how they are rendered, and what fits into a model's context."""

from drafter.prompting.budget import count_tokens, fitted
from drafter.prompting.rendering import new_fence, render, render_query, render_red_flags
from drafter.prompting.style import style_of
from drafter.prompting.versions import Prompts, active_prompts, load_prompt, parse_prompt_name, versions

__all__ = [
    "Prompts",
    "active_prompts",
    "count_tokens",
    "fitted",
    "load_prompt",
    "new_fence",
    "parse_prompt_name",
    "render",
    "render_query",
    "render_red_flags",
    "style_of",
    "versions",
]
