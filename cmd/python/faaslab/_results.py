"""Results as data: what the command's JSON has, with names and types."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional, Union

if TYPE_CHECKING:
    import pandas

Number = Optional[float]


@dataclass(frozen=True)
class Estimate:
    """A simulated mean with the half-width of its 95 % confidence interval, in the unit of its metric.

    Times are in seconds, rates per second, probabilities between 0 and 1, instances are a number.
    """

    mean: Number  #: None if it does not exist, such as the response time of cold starts where there are none
    half_width: Number  #: None if it is not known, such as with one replication

    def __str__(self) -> str:
        if self.mean is None:
            return "none"
        return f"{self.mean:.6g}" if self.half_width is None else f"{self.mean:.6g} ± {self.half_width:.2g}"


@dataclass(frozen=True)
class Difference(Estimate):
    """A paired difference B − A, in the unit of its metric."""

    significant: bool  #: whether the 95 % interval excludes 0


@dataclass(frozen=True)
class Platform:
    """What happened on one platform."""

    requests: int  #: that were measured, in all replications
    metrics: dict[str, Estimate]  #: by the name of the metric
    models: dict[str, dict[str, Number]]  #: by the name of the model, then of the metric
    distributions: dict[str, list[float]]  #: by the name of the count: the fraction of time with 0, 1, 2 … of them
    measured: list[dict[str, Number]]  #: what ``measured`` has, in rows, by the name of the metric

    @classmethod
    def _of(cls, found: dict[str, Any]) -> Platform:
        measured = found.get("measured") or []
        return cls(
            requests=found.get("requests", 0),
            metrics=_estimates(found.get("metrics")),
            models=found.get("models") or {},
            distributions=found.get("distributions") or {},
            measured=measured if isinstance(measured, list) else [measured],
        )


class _HasPlatforms:
    platforms: dict[str, Platform]

    def metrics(self, platform: str = "container") -> dict[str, Estimate]:
        """The metrics of a platform, ``"container"`` or ``"wasm"``, by their names."""
        return self.platforms[platform].metrics


@dataclass(frozen=True)
class Run(_HasPlatforms):
    """A simulation."""

    scenario: dict[str, Any]  #: with all its values
    platforms: dict[str, Platform]  #: by name: ``container``, ``wasm``
    difference: dict[str, Estimate]  #: Wasm − containers, paired, by metric; empty if there is one platform
    seed: int
    replications: int
    warmup: float  #: seconds before the measurement, in each replication
    duration: float  #: seconds of the measurement, in each replication
    version: str  #: of the command
    warnings: list[str]
    notes: list[str]
    interrupted: bool  #: whether Ctrl-C ended it before its precision was reached
    json: dict[str, Any] = field(repr=False)  #: all that the command printed

    def frame(self) -> "pandas.DataFrame":
        """One row per platform and metric: mean, half_width, what was measured, and a column for each model."""
        return _pandas().DataFrame(
            [
                {
                    "platform": name,
                    "metric": metric,
                    "mean": estimate.mean,
                    "half_width": estimate.half_width,
                    **_measured_column(platform, metric),
                    **{model: values.get(metric) for model, values in platform.models.items()},
                }
                for name, platform in self.platforms.items()
                for metric, estimate in platform.metrics.items()
            ]
        )


@dataclass(frozen=True)
class Point(_HasPlatforms):
    """One point of a sweep."""

    values: dict[str, str]  #: of the varied keys, as in a scenario file
    numbers: dict[str, float]  #: those of them that are numbers: seconds, per second, or a count
    platforms: dict[str, Platform]
    difference: dict[str, Estimate]
    warnings: list[str]
    notes: list[str]
    error: Optional[str]  #: why this point could not be simulated; None if it was


@dataclass(frozen=True)
class Sweep:
    """A scenario at many values of its keys."""

    varied: list[str]  #: the keys
    points: list[Point]
    scenario: dict[str, Any]  #: of the first point, with all its values
    version: str
    interrupted: bool  #: whether Ctrl-C ended it; then it has the points that were finished
    json: dict[str, Any] = field(repr=False)

    def frame(self) -> "pandas.DataFrame":
        """One row per point, with columns as in the command's CSV.

        The varied keys come first, as numbers where all values are (seconds, per second, counts), else
        as texts; then ``container.METRIC``, ``container.METRIC.half_width``, ``container.MODEL.METRIC``,
        ``wasm.METRIC`` and so on.
        """
        numeric = {key for key in self.varied if all(key in point.numbers for point in self.points)}
        rows = []
        for point in self.points:
            row: dict[str, Any] = {key: point.numbers[key] if key in numeric else point.values[key] for key in self.varied}
            for name, platform in point.platforms.items():
                for metric, estimate in platform.metrics.items():
                    row[f"{name}.{metric}"] = estimate.mean
                    row[f"{name}.{metric}.half_width"] = estimate.half_width
                for model, values in platform.models.items():
                    for metric, value in values.items():
                        row[f"{name}.{model}.{metric}"] = value
            rows.append(row)
        return _pandas().DataFrame(rows)


@dataclass(frozen=True)
class Comparison:
    """Two scenarios on the same random streams."""

    a: Run
    b: Run
    difference: dict[str, dict[str, Difference]]  #: B − A, paired, by platform, then by metric
    warnings: list[str]
    interrupted: bool
    json: dict[str, Any] = field(repr=False)

    def frame(self) -> "pandas.DataFrame":
        """One row per platform and metric, with columns as in the command's CSV."""
        none = Estimate(None, None)
        rows = []
        for name, metrics in self.difference.items():
            for metric, difference in metrics.items():
                a = self.a.platforms[name].metrics.get(metric, none)
                b = self.b.platforms[name].metrics.get(metric, none)
                rows.append(
                    {
                        "platform": name,
                        "metric": metric,
                        "a": a.mean,
                        "a.half_width": a.half_width,
                        "b": b.mean,
                        "b.half_width": b.half_width,
                        "difference": difference.mean,
                        "difference.half_width": difference.half_width,
                        "significant": difference.significant,
                    }
                )
        return _pandas().DataFrame(rows)


@dataclass(frozen=True)
class Goal:
    """A goal of a tuning, and the estimate at the value found."""

    goal: str  #: as it was given, such as ``cold_start_probability <= 1%``
    platform: str
    metric: str
    bound: float  #: in the unit of the metric
    estimate: Optional[Estimate]  #: None if no value was found


@dataclass(frozen=True)
class Trial:
    """A value that a tuning tried."""

    value: Any  #: as a scenario's JSON has the key
    estimates: list[Estimate]  #: one per goal
    verdicts: list[str]  #: one per goal: ``met``, ``missed``, or that it is undecided
    error: Optional[str]  #: why it could not be simulated; None if it was


@dataclass(frozen=True)
class Tuning(_HasPlatforms):
    """A search for the smallest, or largest, value of a key that meets goals."""

    key: str
    value: Any  #: the value found, as a scenario's JSON has the key, such as ``"84.17s"``; None if there is none
    beyond: Any  #: the nearest value tried that does not meet the goals; None if there is none
    goals: list[Goal]
    scan: list[Trial]  #: all values tried
    platforms: dict[str, Platform]  #: at the value found
    command: Optional[str]  #: that simulates the value with the same results
    explanation: Optional[str]  #: why no value was found; None if one was
    warnings: list[str]
    interrupted: bool
    json: dict[str, Any] = field(repr=False)

    def frame(self) -> "pandas.DataFrame":
        """One row per value tried: the key, and for each goal its estimate, half-width and verdict."""
        rows = []
        for trial in self.scan:
            row: dict[str, Any] = {self.key: trial.value}
            for goal, estimate, verdict in zip(self.goals, trial.estimates, trial.verdicts):
                name = f"{goal.platform}.{goal.metric}"
                row.update({name: estimate.mean, f"{name}.half_width": estimate.half_width, goal.goal: verdict})
            row["found"] = self.value is not None and trial.value == self.value
            rows.append(row)
        return _pandas().DataFrame(rows)


@dataclass(frozen=True)
class Models:
    """The analytical models of a scenario, without a simulation."""

    scenario: dict[str, Any]
    platforms: dict[str, dict[str, dict[str, Number]]]  #: by platform, model and metric
    distributions: dict[str, dict[str, dict[str, list[float]]]]  #: by platform, model and count: the fraction of time with 0, 1, 2 …
    notes: list[str]
    json: dict[str, Any] = field(repr=False)

    def frame(self) -> "pandas.DataFrame":
        """One row per platform and metric, and a column for each model."""
        rows = []
        for name, models in self.platforms.items():
            metrics = dict.fromkeys(metric for values in models.values() for metric in values)
            for metric in metrics:
                rows.append({"platform": name, "metric": metric, **{m: values.get(metric) for m, values in models.items()}})
        return _pandas().DataFrame(rows)


@dataclass(frozen=True)
class Imported:
    """A scenario that was made of a log or a trace."""

    scenario: Path  #: the file, for ``run_file``
    measured: Path  #: what the log itself shows, for ``run_file(…, measured=…)``
    format: str
    function: Optional[str]
    requests: int
    cold_starts: Optional[int]  #: None if the log does not show them
    span: Number  #: seconds from the first arrival to the last
    metrics: dict[str, Number]  #: what the log itself shows, by the name of the metric
    warnings: list[str]
    notes: list[str]
    json: dict[str, Any] = field(repr=False)

    def frame(self) -> "pandas.DataFrame":
        """One row per metric that the log shows: metric, measured."""
        return _pandas().DataFrame([{"metric": metric, "measured": value} for metric, value in self.metrics.items()])


def read_run(found: dict[str, Any], interrupted: bool = False) -> Run:
    how = found["run"]
    return Run(
        scenario=found["scenario"],
        platforms=_platforms(found),
        difference=_estimates(found.get("difference")),
        seed=how["seed"],
        replications=how["replications"],
        warmup=how["warmup"],
        duration=how["duration"],
        version=how["version"],
        warnings=found.get("warnings") or [],
        notes=found.get("notes") or [],
        interrupted=interrupted,
        json=found,
    )


def read_sweep(found: dict[str, Any], interrupted: bool) -> Sweep:
    points = [
        Point(
            values=point["values"],
            numbers=point.get("numbers") or {},
            platforms=_platforms(point),
            difference=_estimates(point.get("difference")),
            warnings=point.get("warnings") or [],
            notes=point.get("notes") or [],
            error=point.get("error"),
        )
        for point in found["points"]
    ]
    return Sweep(found["varied"], points, found["scenario"], found["version"], interrupted, found)


def read_comparison(found: dict[str, Any], interrupted: bool) -> Comparison:
    difference = {
        platform: {metric: Difference(d["mean"], d["half_width"], bool(d["significant"])) for metric, d in metrics.items()}
        for platform, metrics in (found.get("difference") or {}).items()
    }
    return Comparison(read_run(found["a"], interrupted), read_run(found["b"], interrupted), difference, found.get("warnings") or [], interrupted, found)


def read_tuning(found: dict[str, Any], interrupted: bool) -> Tuning:
    goals = [
        Goal(g["goal"], g["platform"], g["metric"], g["bound"], _estimate(g["estimate"]) if g.get("estimate") else None)
        for g in found["goals"]
    ]
    scan = [
        Trial(
            value=trial["value"],
            estimates=[_estimate(g["estimate"]) for g in trial.get("goals") or []],
            verdicts=[g["verdict"] for g in trial.get("goals") or []],
            error=trial.get("error"),
        )
        for trial in found.get("scan") or []
    ]
    return Tuning(
        key=found["key"],
        value=found.get("value"),
        beyond=found.get("beyond"),
        goals=goals,
        scan=scan,
        platforms=_platforms(found),
        command=found.get("command"),
        explanation=found.get("explanation"),
        warnings=found.get("warnings") or [],
        interrupted=interrupted,
        json=found,
    )


def read_models(found: dict[str, Any], interrupted: bool) -> Models:
    platforms = found["platforms"]
    return Models(
        scenario=found["scenario"],
        platforms={name: p.get("models") or {} for name, p in platforms.items()},
        distributions={name: p["model_distributions"] for name, p in platforms.items() if p.get("model_distributions")},
        notes=found.get("notes") or [],
        json=found,
    )


def read_imported(found: dict[str, Any], out: Union[str, Path]) -> Imported:
    function = found.get("function")
    return Imported(
        scenario=Path(out) / "scenario.yaml",
        measured=Path(out) / "measured.csv",
        format=found["format"],
        function=function,
        requests=found["requests"],
        cold_starts=found.get("cold_starts"),
        span=found.get("span"),
        metrics=found.get("measured") or {},
        warnings=found.get("warnings") or [],
        notes=found.get("notes") or [],
        json=found,
    )


def _estimate(found: dict[str, Any]) -> Estimate:
    return Estimate(found["mean"], found["half_width"])


def _estimates(found: Optional[dict[str, Any]]) -> dict[str, Estimate]:
    return {name: _estimate(e) for name, e in (found or {}).items()}


def _platforms(found: dict[str, Any]) -> dict[str, Platform]:
    return {name: Platform._of(p) for name, p in (found.get("platforms") or {}).items()}


def _measured_column(platform: Platform, metric: str) -> dict[str, Number]:
    return {"measured": platform.measured[0].get(metric)} if platform.measured else {}


def _pandas() -> Any:
    try:
        import pandas
    except ImportError as error:
        raise ImportError("frames need pandas: pip install pandas") from error
    return pandas
