"""Makes a release, as far as that can be undone: looks whether all is in order, builds, checks, and says how to tag it.

Nothing is uploaded and nothing is tagged. `make release` runs it; CONTRIBUTING.md says what comes before and after.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADING = re.compile(r"^## \[([^\]]+)\](.*)$", re.MULTILINE)
SEMVER = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?")
DATED = re.compile(r" - \d{4}-\d{2}-\d{2}")


def problems(root: Path, version: str) -> list[str]:
    """What stands in the way of a release, a line each."""
    found = []
    if not SEMVER.fullmatch(version):
        found.append(f"pyproject.toml: version {version} is no version by semver.org, such as 1.4.0")
    if changed := _git(root, "status", "--porcelain"):
        found.append(f"{len(changed.splitlines())} files are changed or new: commit them, or put them away")
    if _git(root, "tag", "--list", f"v{version}"):
        found.append(f"v{version} is tagged already: raise the version in pyproject.toml")
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    parts = HEADING.split(changelog)[1:]
    sections = [(parts[at], parts[at + 1], parts[at + 2].strip()) for at in range(0, len(parts), 3)]
    if sections and sections[0][0] == "Unreleased":
        if sections[0][2]:
            found.append(
                f"CHANGELOG.md: what stands under Unreleased belongs under a heading of its own: ## [{version}] - DATE"
            )
        sections = sections[1:]
    newest, date, _ = sections[0] if sections else ("", "", "")
    if newest != version:
        found.append(f"CHANGELOG.md: its newest version is {newest or 'none'}, that of pyproject.toml {version}")
    elif not DATED.fullmatch(date):
        found.append(f"CHANGELOG.md: ## [{version}] has no date, such as - 2026-01-31")
    return found


def main(root: Path = ROOT) -> int:
    """Look, build and check; 0 if all went well."""
    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    if found := problems(root, version):
        print("\n".join(found), file=sys.stderr)
        return 1
    folder = root / "dist" / version
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    steps = [["build", "--outdir", str(folder), str(root)], ["twine", "check", "--strict"]]
    for step in steps:
        files = sorted(map(str, folder.iterdir())) if step[0] == "twine" else []
        if subprocess.run([sys.executable, "-m", *step, *files], cwd=root, check=False).returncode:
            print(f"{step[0]} failed: nothing is released", file=sys.stderr)
            return 1
    print(f"Built and checked in {folder}. To release it:")
    print(f"  git tag -a v{version} -m {version} && git push origin v{version}")
    return 0


def _git(root: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=root, capture_output=True, encoding="utf-8", check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
