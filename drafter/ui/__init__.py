"""The review desk in the browser. Views show values and return what the person did; rules live elsewhere."""

from drafter.ui.main import show

__all__ = ["show"]
