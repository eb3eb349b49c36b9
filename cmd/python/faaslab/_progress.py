"""The progress of a command: a bar in a notebook, or a function of the caller's."""

from __future__ import annotations

import sys
import time
from typing import Any, Callable, Union


class Bar:
    """Shows the fraction that is done: to a function, or in a notebook once a second has passed."""

    def __init__(self, progress: Union[bool, Callable[[float], Any], None]):
        self._tell = progress if callable(progress) else None
        self._told = -1.0
        self._wanted = progress is True or (progress is None and _in_notebook())
        self._began = time.monotonic()
        self._handle: Any = None

    def show(self, done: float) -> None:
        if self._tell is not None and done != self._told:
            self._told = done
            self._tell(done)
        if self._wanted and time.monotonic() - self._began > 1:
            display, HTML = _ipython()
            bar = HTML(f'<progress max="1" value="{done}" style="width: 60ex"></progress> {done:.0%}')
            if self._handle is None:
                self._handle = display(bar, display_id=True)
            else:
                self._handle.update(bar)

    def close(self, done: float) -> None:
        if self._tell is not None and done != self._told:
            self._tell(done)
        if self._handle is not None:
            self._handle.update(_ipython()[1](""))


def _ipython() -> tuple[Any, Any]:
    """What shows things in a notebook."""
    from IPython.display import HTML, display

    return display, HTML


def _in_notebook() -> bool:
    """Whether a notebook shows the output: IPython with a kernel, loaded already if it is there."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and hasattr(shell, "kernel")
