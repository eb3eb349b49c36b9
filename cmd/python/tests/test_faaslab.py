"""The package as it is installed: against the command that its wheel brought."""

import csv
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

import faaslab

QUICK = {"run.duration": "10m", "run.replications": 4}

if hasattr(signal, "pthread_kill") and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell started the tests in the background


def test_the_command_is_the_one_of_the_wheel():
    assert os.path.dirname(faaslab.find_command()) == os.path.dirname(sys.executable)
    assert faaslab.version().startswith("faaslab ")
    assert faaslab.version().split()[1] == faaslab.run("float", QUICK).version


def test_run_gives_what_the_command_prints():
    result = faaslab.run("float", {"container.keep_alive": "10s", **QUICK})
    assert result.scenario["container"]["keep_alive"] == "10s"
    assert set(result.platforms) == {"container", "wasm"}
    assert result.duration == 600 and result.replications == 4 and result.seed == 1 and not result.interrupted
    sets = [f"--set={k}={v}" for k, v in {"container.keep_alive": "10s", **QUICK}.items()]
    text = subprocess.run([faaslab.find_command(), "run", "float", *sets, "--format", "csv"], capture_output=True, text=True, check=True).stdout
    (row,) = csv.DictReader(text.splitlines())
    compared = 0
    for name, platform in result.platforms.items():
        assert platform.requests > 1000
        for metric, estimate in platform.metrics.items():
            if row.get(f"{name}.{metric}"):
                assert float(row[f"{name}.{metric}"]) == estimate.mean
                assert float(row[f"{name}.{metric}.half_width"]) == estimate.half_width
                compared += 1
        for model, values in platform.models.items():
            assert float(row[f"{name}.{model}.response_time"]) == values["response_time"]
    assert compared > 20
    assert sum(result.platforms["container"].distributions["instances"]) == pytest.approx(1)


def test_frames():
    pandas = pytest.importorskip("pandas")
    frame = faaslab.run("float", QUICK, metrics="response_time>2s").frame()
    assert list(frame.columns[:4]) == ["platform", "metric", "mean", "half_width"]
    assert "smp" in frame.columns
    assert ((frame.platform == "container") & frame.metric.str.startswith("response_time>2")).sum() == 1

    sweep = faaslab.sweep("float", {"container.keep_alive": "1s..100s:3log", "container.routing": ["mru", "lru"]}, QUICK, models="smp")
    frame = sweep.frame()
    assert len(frame) == 6 and [p.error for p in sweep.points] == [None] * 6
    assert list(frame.columns[:2]) == ["container.keep_alive", "container.routing"]
    assert frame["container.keep_alive"].tolist() == [1, 1, 10, 10, 100, 100]
    assert frame["container.routing"].tolist() == ["mru", "lru"] * 3
    assert frame["container.cold_start_probability"].iloc[0] > 3 * frame["container.cold_start_probability"].iloc[5]
    assert frame["container.smp.cold_start_probability"].iloc[0] > 0.1
    assert not any(column.startswith("container.level-crossing") for column in frame.columns)

    frame = faaslab.compare("float", {"container.keep_alive": "10s"}, overrides=QUICK).frame().set_index(["platform", "metric"])
    cold = frame.loc[("container", "cold_start_probability")]
    assert cold["difference"] == pytest.approx(cold["b"] - cold["a"]) and cold["significant"]
    assert isinstance(frame, pandas.DataFrame)

    frame = faaslab.model("float").frame().set_index(["platform", "metric"])
    assert frame.loc[("container", "cold_start_probability"), "smp"] == pytest.approx(0.0128, abs=1e-4)


def test_compare_takes_values_of_each_side():
    found = faaslab.compare("float", a_overrides={"container.keep_alive": "5s"}, b_overrides={"container.keep_alive": "10s"}, overrides=QUICK)
    assert found.a.scenario["container"]["keep_alive"] == "5s"
    assert found.b.scenario["container"]["keep_alive"] == "10s"
    difference = found.difference["container"]["cold_start_probability"]
    assert difference.mean < 0 and difference.significant


def test_tune_finds_a_value_or_says_why_not():
    found = faaslab.tune("float", {"container.keep_alive": "1s..30m"}, "cold_start_probability <= 20%", QUICK, tolerance="20%", models="none")
    assert found.value.endswith("s") and found.explanation is None
    assert found.goals[0].estimate.mean <= 0.2
    assert found.metrics()["cold_start_probability"].mean <= 0.2
    assert found.frame()["found"].sum() == 1

    with pytest.raises(faaslab.CheckFailed, match="no value tried meets cold_start_probability <= 0.001%") as caught:
        faaslab.tune("float", {"container.keep_alive": "1s..2s"}, ["cold_start_probability <= 0.001%"], QUICK, models="none")
    assert caught.value.code == 1
    assert caught.value.result.value is None
    assert caught.value.result.explanation


def test_models_with_a_distribution():
    found = faaslab.model("float", {"container.keep_alive": "10s"}, distribution="instances")
    assert found.platforms["container"]["smp"]["cold_start_probability"] == pytest.approx(0.15428, abs=1e-4)
    assert sum(found.distributions["container"]["level-crossing"]["instances"]) == pytest.approx(1)


def test_errors_have_the_text_of_the_command(tmp_path):
    with pytest.raises(faaslab.UsageError, match="container.keep_alvie.*did you mean container.keep_alive") as caught:
        faaslab.run("float", {"container.keep_alvie": "10s"})
    assert caught.value.code == 2
    assert isinstance(caught.value, ValueError)
    assert not str(caught.value).startswith("faaslab:")
    with pytest.raises(faaslab.UsageError, match="flaot"):
        faaslab.run("flaot")
    with pytest.raises(faaslab.UsageError, match="--vary"):
        faaslab.sweep("float", {})
    with pytest.raises(faaslab.UsageError, match="no-such-folder"):
        faaslab.run("float", QUICK, plot=tmp_path / "no-such-folder" / "x.svg")
    with pytest.raises(faaslab.UsageError):
        faaslab.run("--help")  # a scenario, not a flag


def test_a_file_wins_over_a_built_in_name(tmp_path, monkeypatch):
    (tmp_path / "float").write_text("name: mine\narrivals: poisson(rate=2/s)\nwasm: {service: constant(1s)}\nrun: {duration: 10m}\n")
    monkeypatch.chdir(tmp_path)
    assert faaslab.run_file("float").scenario["name"] == "mine"
    assert faaslab.run("float", QUICK).scenario["name"] == "float"
    with pytest.raises(faaslab.UsageError, match="none.yaml"):
        faaslab.run_file(tmp_path / "none.yaml")


def test_a_log_is_imported_and_simulated(tmp_path):
    log = tmp_path / "log.csv"
    log.write_text("time,duration,cold\n" + "".join(f"{10 * i},{1 + i % 3},{int(i == 0)}\n" for i in range(200)))
    found = faaslab.import_log(log, tmp_path / "out", format="csv", columns={"time": "time", "duration": "duration", "cold": "cold"})
    assert found.requests == 200 and found.cold_starts == 1 and found.span == 1990
    assert found.metrics["cold_start_probability"] == 1 / 200
    result = faaslab.run_file(found.scenario, measured=found.measured)
    frame = result.frame().set_index(["platform", "metric"])
    assert frame.loc[("container", "cold_start_probability"), "measured"] == 1 / 200
    with pytest.raises(faaslab.FaaslabError, match="out"):
        faaslab.import_log(log, tmp_path / "out", format="csv")
    assert not found.frame().empty


def test_files_are_written(tmp_path):
    faaslab.run("float", {"run.duration": "1m", "run.replications": 2}, plot=tmp_path / "x.svg", requests=tmp_path / "x.csv")
    assert (tmp_path / "x.svg").read_text().startswith("<")
    assert (tmp_path / "x.csv").read_text().count("\n") > 100


def test_progress_goes_to_a_function():
    told = []
    faaslab.run("float", {"run.duration": "40h"}, progress=told.append)
    assert told == sorted(told) and 0 < told[-1] <= 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal for one thread's process alone")
def test_an_interruption_gives_what_is_finished():
    told = []
    main = threading.get_ident()

    def interrupt_once(done):
        if done > 0.1 and not told:
            told.append(done)
            signal.pthread_kill(main, signal.SIGINT)

    began = time.monotonic()
    with pytest.warns(faaslab.InterruptedWarning, match="interrupted"):
        swept = faaslab.sweep("float", {"container.keep_alive": "1s..600s:500"}, {"run.duration": "1h"}, models="none", progress=interrupt_once)
    assert swept.interrupted and 0 < len(swept.points) < 500
    assert len(swept.frame()) == len(swept.points)
    assert time.monotonic() - began < 20

    told.clear()
    with pytest.warns(faaslab.InterruptedWarning, match="interrupted"):
        result = faaslab.run("float", {"run.replications": 500, "run.duration": "4h", "run.warmup": "0s"}, models="none", progress=interrupt_once)
    assert result.interrupted and result.metrics()["response_time"].mean > 1
    assert any("interrupted" in warning for warning in result.warnings)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal for one thread's process alone")
def test_an_interruption_with_nothing_finished_is_raised():
    main = threading.get_ident()
    timer = threading.Timer(0.5, lambda: signal.pthread_kill(main, signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt, match="nothing to show"):
        faaslab.run("float", {"run.duration": "20000h"})
    timer.join()


def test_the_package_has_types():
    assert os.path.exists(os.path.join(os.path.dirname(faaslab.__file__), "py.typed"))
