"""Tests of the set-ups in `editors/`: each editor is driven for real, and says so where it is missing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT, Cli

EDITORS = ROOT / "editors"
SERVER = [sys.executable, "-m", "taskfan_lint", "server"]
PROMPT = """\
# Review

```python
for topic in ["tests", "docs"]:
    Task(subagent_type="reviewer", prompt=f"🚀 Review the {topic}")
```

> Then
>
> ```python
> for topic in ["api", "web"]:
>     Task(subagent_type="writer", prompt=f"Describe the {topic}")
> ```
"""
REPORTED = ["4 dispatch-in-loop", "11 dispatch-in-loop"]

pytestmark = pytest.mark.e2e


def needs(program: str, package: str) -> str:
    """Return the path of a program; skips the test aloud where it is missing."""
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not installed (Debian package {package})")
    return path


def run(*command: str, folder: Path, **variables: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, cwd=folder, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


NEOVIM = """
vim.opt.runtimepath:prepend(EDITOR)
require("taskfan_lint").setup({ cmd = SERVER })
vim.cmd("filetype on")
vim.cmd("edit prompt.md")
local told = vim.wait(20000, function()
  return #vim.diagnostic.get(0) > 0
end, 20)
if not told then
  vim.cmd("cquit")
end
local shown = {}
for _, one in ipairs(vim.diagnostic.get(0)) do
  table.insert(shown, one.lnum .. " " .. one.code)
end
vim.cmd("TaskfanLintFix")
vim.cmd("write")
vim.wait(20000, function()
  return #vim.diagnostic.get(0) == 0
end, 20)
table.insert(shown, #vim.diagnostic.get(0) .. " left")
vim.fn.writefile(shown, "shown.txt")
vim.cmd("qall")
"""


def test_neovim_shows_the_findings_and_fix_all_writes_what_fix_writes(cli: Cli, tmp_path: Path) -> None:
    neovim = needs("nvim", "neovim")
    Path("prompt.md").write_text(PROMPT)
    words = ", ".join(map(json.dumps, SERVER))
    script = NEOVIM.replace("EDITOR", json.dumps(str(EDITORS / "neovim"))).replace("SERVER", f"{{ {words} }}")
    Path("drive.lua").write_text(script)
    run(
        neovim,
        "--headless",
        "-u",
        "NONE",
        "-i",
        "NONE",
        "-n",
        "-c",
        "luafile drive.lua",
        folder=tmp_path,
        HOME=str(tmp_path),
    )
    assert Path("shown.txt").read_text().splitlines() == [*REPORTED, "0 left"]
    assert Path("prompt.md").read_bytes() == fixed_by_the_command_line(cli)


def fixed_by_the_command_line(cli: Cli) -> bytes:
    Path("other.md").write_text(PROMPT)
    assert cli("--fix", "other.md").returncode == 0
    fixed = Path("other.md").read_bytes()
    assert fixed != PROMPT.encode()
    return fixed


EMACS = """
(package-initialize)
(add-to-list 'load-path EDITOR)
(unless (fboundp 'markdown-mode) (define-derived-mode markdown-mode text-mode "Markdown"))
(unless (require 'eglot nil t) (princ "eglot is missing") (kill-emacs))
(require 'taskfan-lint)
(setq taskfan-lint-command '(SERVER) eglot-sync-connect 30 make-backup-files nil)
(taskfan-lint-setup)
(remove-hook 'markdown-mode-hook #'eglot-ensure) ; which waits for a command, and there is none in a batch
(find-file "prompt.md")
(markdown-mode)
(apply #'eglot (eglot--guess-contact))
(let ((limit (+ (float-time) 20)))
  (while (and (null (flymake-diagnostics)) (< (float-time) limit))
    (flymake-start)
    (accept-process-output nil 0.05)))
(dolist (one (sort (flymake-diagnostics) (lambda (a b) (< (flymake-diagnostic-beg a) (flymake-diagnostic-beg b)))))
  (princ (format "%d %s\\n" (1- (line-number-at-pos (flymake-diagnostic-beg one)))
                 (plist-get (cdr (assoc 'eglot-lsp-diag (flymake-diagnostic-data one))) :code))))
(taskfan-lint-fix-all)
(save-buffer)
(eglot-shutdown (eglot-current-server))
"""


def test_emacs_shows_the_findings_and_fix_all_writes_what_fix_writes(cli: Cli, tmp_path: Path) -> None:
    emacs = needs("emacs", "emacs-nox")
    Path("prompt.md").write_text(PROMPT)
    words = " ".join(map(json.dumps, SERVER))
    script = EMACS.replace("EDITOR", json.dumps(str(EDITORS / "emacs"))).replace("SERVER", words)
    Path("drive.el").write_text(script)
    said = run(emacs, "-q", "--batch", "-l", "drive.el", folder=tmp_path, HOME=str(tmp_path))
    if said.endswith("eglot is missing"):
        pytest.skip("eglot is not installed (Debian package elpa-eglot)")
    assert [line for line in said.splitlines() if "dispatch-in-loop" in line] == REPORTED
    assert Path("prompt.md").read_bytes() == fixed_by_the_command_line(cli)


def test_the_vs_code_extension_is_checked_and_packaged(tmp_path: Path) -> None:
    npm = needs("npm", "npm")
    folder = tmp_path / "vscode"
    shutil.copytree(EDITORS / "vscode", folder, ignore=shutil.ignore_patterns("node_modules", "out", "*.vsix"))
    for step in (["ci", "--ignore-scripts", "--no-audit", "--no-fund"], ["run", "check"], ["run", "package"]):
        run(npm, *step, folder=folder)
    with zipfile.ZipFile(folder / "taskfan-lint.vsix") as package:
        own = sorted(name for name in package.namelist() if "/node_modules/" not in name)
        manifest = json.loads(package.read("extension/package.json"))
        names = set(package.namelist())
    assert own == [
        "[Content_Types].xml",
        "extension.vsixmanifest",
        "extension/LICENSE.txt",
        "extension/out/extension.js",
        "extension/package.json",
        "extension/readme.md",
    ]
    assert all(f"extension/node_modules/{name}/package.json" in names for name in manifest["dependencies"])
    assert manifest["main"] == "./out/extension.js"


def test_the_licence_of_the_extension_is_that_of_the_project() -> None:
    assert (EDITORS / "vscode" / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_the_helix_set_up_starts_the_server() -> None:
    tomllib = pytest.importorskip("tomllib")
    languages = tomllib.loads((EDITORS / "helix" / "languages.toml").read_text())
    assert languages["language-server"] == {"taskfan-lint": {"command": "taskfan-lint", "args": ["server"]}}
    assert all("taskfan-lint" in one["language-servers"] for one in languages["language"])
