"""Builds the command into the wheel, for the platform of GOOS and GOARCH, or else of this machine."""

import os
import shlex
import shutil
import subprocess
import tempfile

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# The tag of a wheel by the platform of Go. The command is linked statically on Linux, so that it
# runs with any libc; Go's own minimum on macOS is 12.
TAGS = {
    "linux/amd64": "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64",
    "linux/arm64": "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
    "darwin/amd64": "macosx_12_0_x86_64",
    "darwin/arm64": "macosx_12_0_arm64",
    "windows/amd64": "win_amd64",
    "windows/arm64": "win_arm64",
}


class CommandInWheel(BuildHookInterface):
    PLUGIN_NAME = "custom"

    def initialize(self, version, build_data):
        goos, goarch = subprocess.run(
            ["go", "env", "GOOS", "GOARCH"], check=True, capture_output=True, text=True
        ).stdout.split()
        if f"{goos}/{goarch}" not in TAGS:
            raise ValueError(f"GOOS={goos} GOARCH={goarch}: want one of {', '.join(TAGS)}")
        self.folder = tempfile.mkdtemp(prefix="faaslab-")
        name = "faaslab.exe" if goos == "windows" else "faaslab"
        # A release has built the command for this platform already, with its commit and the site inside.
        command = os.environ.get("FAASLAB_COMMAND") or self.build(os.path.join(self.folder, name))
        build_data["shared_scripts"][command] = name
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{TAGS[f'{goos}/{goarch}']}"

    def build(self, command):
        """Builds the command for the platform, and returns its path."""
        build = ["go", "build", "-ldflags", "-s -w", "-o", command, "./cmd/faaslab"]
        self.app.display_info(shlex.join(build))
        repository = os.path.join(self.root, "..", "..")
        subprocess.run(build, check=True, cwd=repository, env={**os.environ, "CGO_ENABLED": "0"})
        return command

    def finalize(self, version, build_data, artifact_path):
        shutil.rmtree(self.folder, ignore_errors=True)
