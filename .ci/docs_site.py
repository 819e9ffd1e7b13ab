"""Builds the documentation as a site, and looks whether every link of it leads somewhere.

    python .ci/docs_site.py          # into site/
    python .ci/docs_site.py FOLDER   # elsewhere

The pages lie where a reader of the code finds them: in docs/, and some beside what they are about (the changelog, the
datasheet of the letters). Here they are laid side by side under the names that they have on the site, with their links
turned; Zensical builds what it is given (zensical.toml), and is strict about links between pages. The links of what it
built are then looked at once more, as a browser would follow them.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import html

ROOT = Path(__file__).resolve().parent.parent
BESIDE = {
    "README.md": "index.md",  # the site's first page stands for it
    "CHANGELOG.md": "project/changes.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "corpus/README.md": "project/letters.md",
    "LICENSE": "project/licence.txt",
    "deploy/Containerfile": "project/Containerfile",
    "deploy/letters-assistant.service": "project/letters-assistant.service",
}  # what is no page of docs/, and what it is called on the site
LINK = re.compile(r"\]\(([^)\s]+)\)")
COLOUR = re.compile(r"\x1b\[[\d;]*m")
ELSEWHERE = ("http:", "https:", "mailto:", "#")
NEEDS = "python -m pip install -c constraints.txt -e '.[docs]'"


class SiteError(Exception):
    """Why there is no site; a line for each reason."""


def lay_out(folder: Path, root: Path = ROOT) -> None:
    """Copy the pages under the names that they have on the site.

    Args:
        folder: A folder that is not there yet.
        root: The checkout.

    Raises:
        SiteError: If a page links to a file that the site does not have.
    """
    shutil.copytree(root / "docs", folder)
    for source, name in BESIDE.items():
        target = folder / name
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / source, target)
    names = {f"docs/{file.relative_to(folder).as_posix()}": file.relative_to(folder) for file in folder.rglob("*.*")}
    names |= {source: Path(name) for source, name in BESIDE.items()}
    lost = []
    for source, name in names.items():
        if name.suffix != ".md" or source == "README.md" or not (root / source).exists():
            continue
        page = folder / name
        text, missing = _turned(page.read_text(encoding="utf-8"), source, names)
        page.write_text(text, encoding="utf-8")
        lost += [f"{source}: {target} is not on the site" for target in missing]
    if lost:
        raise SiteError("\n".join(lost))


def _turned(text: str, source: str, names: dict[str, Path]) -> tuple[str, list[str]]:
    """A page whose links lead to the names on the site, and the links that lead to none."""
    missing = []

    def turn(match: re.Match[str]) -> str:
        path, mark, anchor = match[1].partition("#")
        if match[1].startswith(ELSEWHERE):
            return match[0]
        target = os.path.normpath(os.path.join(os.path.dirname(source), path)).replace(os.sep, "/")
        if target not in names:
            missing.append(match[1])
            return match[0]
        here = names[source].parent
        return f"]({os.path.relpath(names[target], here).replace(os.sep, '/')}{mark}{anchor})"

    return LINK.sub(turn, text), missing


def build(site: Path, root: Path = ROOT) -> None:
    """Build the site into a folder, in place of what it holds.

    Args:
        site: The folder.
        root: The checkout.

    Raises:
        SiteError: If Zensical is not there or complains, or a link leads nowhere.
    """
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        lay_out(folder / "docs", root)
        shutil.copyfile(root / "zensical.toml", folder / "zensical.toml")
        command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict"]
        ran = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)
        if "No module named zensical" in ran.stderr:
            raise SiteError(f"Zensical is not installed: {NEEDS}")
        if ran.returncode:
            said, _, trace = COLOUR.sub("", ran.stdout + ran.stderr).strip().partition("Traceback (most recent")
            raise SiteError(f"{said}{trace.rpartition(chr(10))[2]}")
        if found := [*broken_links(folder / "site"), *outside(folder / "site")]:
            raise SiteError("\n".join(found))
        shutil.rmtree(site, ignore_errors=True)
        shutil.copytree(folder / "site", site)


def broken_links(site: Path) -> list[str]:
    """A line for each link to a page, file or anchor of the site that is not there, and for each odd one outside."""
    pages = {file: html.parse(str(file), parser=html.HTMLParser(encoding="utf-8")) for file in site.rglob("*.html")}
    anchors = {file: {*page.xpath("//@id"), *page.xpath("//a/@name")} for file, page in pages.items()}
    found = []
    for file, page in sorted(pages.items()):
        for link in page.xpath("//a/@href | //link/@href | //img/@src | //script/@src"):
            if said := _wrong(link, file, site, anchors):
                found.append(f"{file.relative_to(site)}: {link}: {said}")
    return found


def _wrong(link: str, file: Path, site: Path, anchors: dict[Path, set[str]]) -> str:
    """What is wrong with a link of a file; empty if nothing is."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return "no address of the web"
    if parts.scheme in ("http", "https"):
        return "" if re.fullmatch(r"[\w-]+(\.[\w-]+)+(:\d+)?", parts.netloc) else "no address of the web"
    if parts.scheme or parts.netloc:
        return "" if parts.scheme in ("mailto", "data") else "neither of this site nor of the web"
    target = Path(os.path.normpath(file.parent / unquote(parts.path))) if parts.path else file
    if file.name == "404.html" and parts.path.startswith("/"):
        target = site / unquote(parts.path).lstrip("/")
    target = target / "index.html" if target.is_dir() else target
    if not target.is_file() or not target.is_relative_to(site):
        return "there is no such file"
    if parts.fragment and target in anchors and unquote(parts.fragment) not in anchors[target]:
        return "there is no such anchor"
    return ""


def outside(site: Path) -> list[str]:
    """A line for each thing that a page would fetch from elsewhere by itself: styles, scripts, pictures, frames."""
    found = []
    for file in sorted(site.rglob("*.html")):
        page = html.parse(str(file), parser=html.HTMLParser(encoding="utf-8"))
        fetched = page.xpath("//@src | //@srcset | //link[not(@rel='canonical')]/@href | //object/@data | //@poster")
        found += [f"{file.relative_to(site)}: fetches {one}" for one in fetched if re.match(r"(https?:)?//", one)]
    for file in sorted(site.rglob("*.css")):
        for one in re.findall(r"(?:@import|url\()\s*['\"]?((?:https?:)?//[^'\")]+)", file.read_text(encoding="utf-8")):
            found.append(f"{file.relative_to(site)}: fetches {one}")
    return found


def main(argv: list[str]) -> int:
    """Build the site; 0 if it is there and whole."""
    site = Path(argv[0]) if argv else ROOT / "site"
    try:
        build(site)
    except SiteError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{site}: open {site / 'index.html'} in a browser")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
