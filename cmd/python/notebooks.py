"""Executes notebooks: notebooks.py update FILE… stores them executed, notebooks.py check FILE… compares.

A check fails where an execution gives other texts or tables than the notebook shows. Figures are only
drawn, since their bytes depend on the version of matplotlib and on fonts.
"""

import difflib
import sys
import tempfile

import nbformat
from nbclient import NotebookClient


def shown(notebook):
    """The texts that the cells show, line by line, each cell after its number."""
    lines = []
    for number, cell in enumerate(notebook.cells, 1):
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            text = output.get("text") or ("a figure" if "image/png" in data else data.get("text/plain", ""))
            lines += [f"cell {number}: {line}" for line in text.splitlines()]
    return lines


def main(what, files):
    differences = 0
    for file in files:
        stored = nbformat.read(file, as_version=4)
        executed = nbformat.from_dict(stored)
        with tempfile.TemporaryDirectory() as folder:
            NotebookClient(executed, timeout=100, kernel_name="python3", resources={"metadata": {"path": folder}}).execute(cwd=folder)
        for cell in executed.cells:
            cell.metadata.pop("execution", None)  # the moments of the execution
            if "outputs" in cell:  # without the bars of progress, which only appear where it takes long
                cell.outputs = [o for o in cell.outputs if o.get("data", {}).get("text/plain") != "<IPython.core.display.HTML object>"]
        executed.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}, "language_info": {"name": "python"}}
        if what == "update":
            nbformat.write(executed, file)
            continue
        before, now = shown(nbformat.read(file, as_version=4)), shown(executed)
        if not before:
            print(f"{file}: shows no output; want it executed, with .ci/python update")
            differences += 1
        for line in difflib.unified_diff(before, now, file, "executed now", lineterm="", n=0):
            print(line)
            differences += 1
    if differences:
        return 1
    print(f"{len(files)} notebooks executed" + ("" if what == "update" else ": the numbers that they show"))
    return 0


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in ("check", "update"):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
