"""Running the command: where it is, its progress, its errors, and its end by Ctrl-C."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import warnings
from importlib import metadata
from typing import Any, Callable, Sequence, TypeVar, Union

from ._progress import Bar

Result = TypeVar("Result")
Progress = Union[bool, Callable[[float], Any], None]

# Exit codes of the command.
_CHECK_FAILED, _BAD_INPUT, _INTERRUPTED = 1, 2, 130


class FaaslabError(Exception):
    """The command ended with an error; its text is that of the command.

    Attributes:
        code: the exit code: 1 a check failed, 2 bad usage or input, 3 reading or writing failed.
        command: the arguments that the command was called with.
    """

    def __init__(self, message: str, code: int, command: Sequence[str]):
        super().__init__(message)
        self.code = code
        self.command = list(command)


class UsageError(FaaslabError, ValueError):
    """A scenario, key, value or option that the command does not accept; the text says where and what it accepts."""


class CheckFailed(FaaslabError):
    """What was asked does not hold, such as goals that no value meets.

    Attributes:
        result: what the command printed all the same, as the function returns it; None if nothing.
    """

    result: Any = None


class InterruptedWarning(UserWarning):
    """The result is of what was finished before an interruption."""


def find_command() -> str:
    """Return the path of the command that the package brought, or else of that on the PATH."""
    name = "faaslab.exe" if sys.platform == "win32" else "faaslab"
    try:
        for file in metadata.files("faaslab") or []:
            path = os.path.normpath(str(file.locate()))
            if file.name == name and os.access(path, os.X_OK) and os.path.isfile(path):
                return path
    except metadata.PackageNotFoundError:
        pass
    found = shutil.which(name)
    if found is None:
        raise FileNotFoundError("the command faaslab is neither in the package nor on the PATH; install the wheel of your platform")
    return found


def version() -> str:
    """Return what ``faaslab --version`` says: the version, the commit and its date."""
    return subprocess.run([find_command(), "--version"], check=True, capture_output=True, text=True, encoding="utf-8").stdout.strip()


def call(arguments: Sequence[str], read: Callable[[Any, bool], Result], progress: Progress = None) -> Result:
    """Run the command with arguments, and return what read makes of its JSON and of whether it was interrupted."""
    arguments = [arguments[0], "--format=json", *arguments[1:]]
    code, out, err, interrupted = _run(arguments, progress)
    found: Union[Result, None] = None
    if out.strip() and code in (0, _CHECK_FAILED, _INTERRUPTED):
        found = read(json.loads(out), code == _INTERRUPTED)
    said = [line for line in err.splitlines() if line.startswith("faaslab: ")]
    message = err[err.index(said[0]) :][len("faaslab: ") :].strip() if said else err.strip()
    if code == 0 and found is not None:
        return found
    if code == _INTERRUPTED or interrupted and code < 0:
        if found is None:
            raise KeyboardInterrupt(message)
        warnings.warn(message or "interrupted: the result is of what was finished", InterruptedWarning, stacklevel=3)
        return found
    if code == _BAD_INPUT:
        raise UsageError(message, code, arguments)
    if code == _CHECK_FAILED:
        error = CheckFailed(message, code, arguments)
        error.result = found
        raise error
    raise FaaslabError(message or f"the command ended with code {code}", code, arguments)


def _run(arguments: Sequence[str], progress: Progress) -> tuple[int, str, str, bool]:
    """Run the command; return its exit code, stdout, stderr without the lines of progress, and whether it was stopped."""
    # In a group of its own, the command gets Ctrl-C from here alone, once: a second one would end it
    # without its results.
    own_group: dict[str, Any] = {"start_new_session": True}
    stop: int = signal.SIGINT
    if sys.platform == "win32":
        own_group = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
        stop = signal.CTRL_BREAK_EVENT
    process = subprocess.Popen(
        [find_command(), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "FAASLAB_PROGRESS": "lines"},
        **own_group,
    )
    out: list[str] = []
    err: list[str] = []
    done = [0.0]

    def read_out() -> None:
        assert process.stdout is not None
        out.append(process.stdout.read())

    def read_err() -> None:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("progress "):
                done[0] = float(line.split()[1])
            else:
                err.append(line)

    readers = [threading.Thread(target=read, daemon=True) for read in (read_out, read_err)]
    for reader in readers:
        reader.start()
    bar = Bar(progress)
    stopped = False
    try:
        while process.poll() is None:
            try:
                time.sleep(0.05)
                bar.show(done[0])
            except KeyboardInterrupt:
                if stopped:
                    raise  # the second one does not wait for results
                stopped = True
                process.send_signal(stop)
        for reader in readers:
            reader.join()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        bar.close(done[0])
    return process.returncode, "".join(out), "".join(err), stopped
