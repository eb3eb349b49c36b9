"""faaslab in Python: simulate serverless platforms, with intervals and analytical models beside.

Each function calls the command ``faaslab``, which the package brings, and reads its JSON. Names of
scenarios, keys and metrics are those of the command; the manual explains them.

    >>> import faaslab
    >>> result = faaslab.run("float", {"container.keep_alive": "10s", "run.duration": "1h"})
    >>> 0.09 < result.metrics("container")["cold_start_probability"].mean < 0.11
    True

Times are in seconds, rates per second, probabilities between 0 and 1. A number that does not exist,
such as the response time of cold starts where there were none, is None.

Ctrl-C, or the stop button of a notebook, stops the command. What it had finished is returned, with
``interrupted`` set and a warning; if nothing is finished, KeyboardInterrupt is raised.
"""

from ._command import CheckFailed, FaaslabError, InterruptedWarning, UsageError, find_command, version
from ._calls import compare, import_log, model, run, run_file, sweep, tune
from ._results import (
    Comparison,
    Difference,
    Estimate,
    Goal,
    Imported,
    Models,
    Platform,
    Point,
    Run,
    Sweep,
    Trial,
    Tuning,
)

__all__ = [
    "CheckFailed",
    "Comparison",
    "Difference",
    "Estimate",
    "FaaslabError",
    "Goal",
    "Imported",
    "InterruptedWarning",
    "Models",
    "Platform",
    "Point",
    "Run",
    "Sweep",
    "Trial",
    "Tuning",
    "UsageError",
    "compare",
    "find_command",
    "import_log",
    "model",
    "run",
    "run_file",
    "sweep",
    "tune",
    "version",
]
