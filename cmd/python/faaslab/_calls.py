"""The functions of the package: each is a command with its options."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Mapping, Optional, Sequence, Union

from ._command import Progress, call
from ._results import (
    Comparison,
    Imported,
    Models,
    Run,
    Sweep,
    Tuning,
    read_comparison,
    read_imported,
    read_models,
    read_run,
    read_sweep,
    read_tuning,
)

#: Values of a scenario by their keys, such as ``{"container.keep_alive": "10s", "wasm.cores": 8}``.
Overrides = Mapping[str, Any]
Paths = Union[str, "os.PathLike[str]"]


def run(
    scenario: Paths = "float",
    overrides: Optional[Overrides] = None,
    *,
    models: Union[str, Sequence[str], None] = None,
    metrics: Union[str, Sequence[str], None] = None,
    measured: Optional[Paths] = None,
    plot: Optional[Paths] = None,
    requests: Optional[Paths] = None,
    workers: Optional[int] = None,
    progress: Progress = None,
) -> Run:
    """Simulate a scenario, and set it beside its models.

    Args:
        scenario: a built-in name (``faaslab scenarios list``) or a file.
        overrides: values by their keys, with units: ``{"container.keep_alive": "10s"}``.
        models: the analytical models to solve, or ``"none"``; all that apply by default.
        metrics: metrics to add, such as ``"response_time>2s"``, the fraction of responses over 2 s.
        measured: a CSV file of what was measured elsewhere.
        plot: a file for a figure, which ends in .svg, .png or .pdf.
        requests: a file for the fate of every request, which ends in .csv or .parquet.
        workers: replications at once; one per core by default. The result does not depend on it.
        progress: a function of the fraction that is done; None shows a bar in a notebook, False none.

    Raises:
        UsageError: the command does not accept a scenario, key or value.
        FaaslabError: any other error, such as a file that cannot be written.
    """
    options = _options(models=models, metrics=metrics, measured=measured, plot=plot, requests=requests, workers=workers)
    return call(["run", *_sets("--set", overrides), *options, "--", os.fspath(scenario)], read_run, progress)


def run_file(path: Paths, overrides: Optional[Overrides] = None, **options: Any) -> Run:
    """Simulate the scenario of a file, also one that is named as a built-in scenario; see ``run`` for the options."""
    path = os.fspath(path)
    return run(path if os.path.dirname(path) else os.path.join(os.curdir, path), overrides, **options)


def sweep(
    scenario: Paths,
    vary: Mapping[str, Union[str, Sequence[Any]]],
    overrides: Optional[Overrides] = None,
    *,
    models: Union[str, Sequence[str], None] = None,
    metrics: Union[str, Sequence[str], None] = None,
    plot: Optional[Paths] = None,
    workers: Optional[int] = None,
    progress: Progress = None,
) -> Sweep:
    """Simulate a scenario at many values of its keys; several keys make a grid.

    Args:
        vary: the values of each key: ``"1s..30m:20log"`` (20 values at equal ratios), ``"1s..3m:20"`` (at equal
            distances), or a list such as ``["mru", "lru"]``.

    The other arguments are those of ``run``. A point that cannot be simulated has an ``error``.
    """
    axes = [f"--vary={key}={values if isinstance(values, str) else ','.join(map(_text, values))}" for key, values in vary.items()]
    options = _options(models=models, metrics=metrics, plot=plot, workers=workers)
    return call(["sweep", *axes, *_sets("--set", overrides), *options, "--", os.fspath(scenario)], read_sweep, progress)


def compare(
    a: Paths,
    b: Union[Paths, Overrides, None] = None,
    *,
    a_overrides: Optional[Overrides] = None,
    b_overrides: Optional[Overrides] = None,
    overrides: Optional[Overrides] = None,
    metrics: Union[str, Sequence[str], None] = None,
    plot: Optional[Paths] = None,
    workers: Optional[int] = None,
    progress: Progress = None,
) -> Comparison:
    """What if? Simulate two scenarios on the same random numbers, and estimate the differences B − A.

    Args:
        a: a built-in name or a file.
        b: another one; or the values in which B differs from A: ``{"container.keep_alive": "10s"}``.
        a_overrides: values of A alone, by their keys.
        b_overrides: values of B alone.
        overrides: values of both, such as ``{"run.duration": "10h"}``.

    The other arguments are those of ``run``.
    """
    scenarios = [os.fspath(a)]
    if isinstance(b, Mapping):
        b_overrides = {**b, **(b_overrides or {})}
    elif b is not None:
        scenarios.append(os.fspath(b))
    sides = [*_sets("--a", a_overrides), *_sets("--b", b_overrides), *_sets("--set", overrides)]
    options = _options(metrics=metrics, plot=plot, workers=workers)
    return call(["compare", *sides, *options, "--", *scenarios], read_comparison, progress)


def tune(
    scenario: Paths,
    vary: Mapping[str, str],
    goals: Union[str, Sequence[str]],
    overrides: Optional[Overrides] = None,
    *,
    largest: bool = False,
    tolerance: Optional[str] = None,
    models: Union[str, Sequence[str], None] = None,
    workers: Optional[int] = None,
    progress: Progress = None,
) -> Tuning:
    """Find the smallest value of a key that meets goals with 95 % confidence.

    Args:
        vary: the key and its range: ``{"container.keep_alive": "1s..30m"}``.
        goals: ``"cold_start_probability <= 1%"``, ``"wasm.response_time_p95 <= 2s"``, or several of them.
        largest: find the largest value instead.
        tolerance: how near a value that does not meet the goals is found, relative to the value; 1% by default.

    The other arguments are those of ``run``.

    Raises:
        CheckFailed: no value meets the goals; its ``result`` has the values tried and an ``explanation``.
    """
    axes = [f"--vary={key}={values}" for key, values in vary.items()]
    wanted = [f"--goal={goal}" for goal in ([goals] if isinstance(goals, str) else goals)]
    options = [*(["--largest"] if largest else []), *_options(tolerance=tolerance, models=models, workers=workers)]
    return call(["tune", *axes, *wanted, *_sets("--set", overrides), *options, "--", os.fspath(scenario)], read_tuning, progress)


def model(
    scenario: Paths = "float",
    overrides: Optional[Overrides] = None,
    *,
    models: Union[str, Sequence[str], None] = None,
    distribution: Optional[str] = None,
) -> Models:
    """Solve the analytical models of a scenario, without a simulation.

    Args:
        models: those to solve; all that apply by default.
        distribution: a count whose distribution is wanted, too: ``"instances"``, ``"warm_instances"`` or ``"running"``.
    """
    options = _options(models=models, distribution=distribution)
    return call(["model", *_sets("--set", overrides), *options, "--", os.fspath(scenario)], read_models)


def import_log(
    files: Union[Paths, Sequence[Paths]],
    out: Paths,
    *,
    format: Optional[str] = None,
    function: Optional[str] = None,
    laws: Optional[str] = None,
    columns: Optional[Mapping[str, str]] = None,
    unit: Optional[str] = None,
    force: bool = False,
    progress: Progress = None,
) -> Imported:
    """Make a scenario of a log or a trace, in a new directory, for ``run_file``.

    Args:
        files: the file or files; they may be compressed.
        out: the directory to write.
        format: such as ``"lambda"`` or ``"csv"``; by default the first lines show it.
        function: the function to take; the busiest by default.
        laws: what the scenario says of durations: ``"empirical"`` (the default), ``"quantiles"`` or a law to fit.
        columns: of a table: the names of the columns ``time``, ``duration``, ``startup``, ``cold``.
        unit: of the durations in a table: ``"s"``, ``"ms"``, ``"us"`` or ``"ns"``.
        force: replace an earlier import.
    """
    several = [files] if isinstance(files, (str, os.PathLike)) else list(files)
    options = _options(out=out, function=function, laws=laws, unit=unit, **(columns or {}))
    names = [*([format] if format else []), *(os.fspath(file) for file in several)]
    arguments = ["import", *options, *(["--force"] if force else []), "--", *names]
    return call(arguments, lambda found, _: read_imported(found, Path(out)), progress)


def _sets(flag: str, overrides: Optional[Overrides]) -> list[str]:
    """The overrides as the command has them."""
    return [f"{flag}={key}={_text(value)}" for key, value in (overrides or {}).items()]


def _options(**options: Any) -> list[str]:
    """The options that are given, as flags of the command."""
    return [
        f"--{name}={_text(value) if isinstance(value, (str, int, os.PathLike)) else ','.join(value)}"
        for name, value in options.items()
        if value is not None
    ]


def _text(value: Any) -> str:
    """A value as a scenario file has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
