"""Turn the published govuk-frontend 6.6.0 package into the two files kept beside this one; knows what must not reach a browser.

    npm pack govuk-frontend@6.6.0 && tar xzf govuk-frontend-6.6.0.tgz
    python recipe.py package/dist/govuk

The package is under the MIT licence (LICENSE.txt), but three things in it are not ours to show: a typeface licensed to one website alone, a crest,
and the colours of a government (the theme sets every custom property instead, so fall-backs go too). The recipe refuses to run on any other input than the one hashed here, takes those three out, and
writes SHA256SUMS for what it made. Nothing else is changed: no rule is re-ordered, and both lose the address of a source map that is not kept here.
"""

import hashlib
import re
import sys
from pathlib import Path

INPUTS = {
    "govuk-frontend.min.css": "cda09c60ce00d90a4886f096817e237cdefcb7ff267e4cfe9816fb98a7d17b7f",
    "govuk-frontend.min.js": "0391e416adb9af2c69addede9d650a5f31939a7092544fa82a6f4c70201026d0",
}

#: Colours written out in the rules, as the custom properties that the theme sets for light and for dark.
COLOURS = [
    (r"(background(?:-color)?):#fff\b", r"\1:var(--govuk-body-background-colour)"),
    (r"(?<![-\w])color:#fff\b", "color:var(--govuk-inverse-text-colour)"),
    (r"(?<![-\w])color:#0b0c0c\b", "color:var(--govuk-text-colour)"),
    (r"(background|border-color):#0b0c0c\b", r"\1:var(--govuk-text-colour)"),
    (r"#f3f3f3\b", "var(--govuk-surface-background-colour)"),
    (r"#f4f8fb\b", "var(--govuk-surface-background-colour)"),
    (r"#cecece\b", "var(--govuk-border-colour)"),
    (r"#d2e2f1\b", "var(--govuk-surface-background-colour)"),
    (r"(background-color):#1d70b8\b", r"\1:var(--govuk-brand-colour)"),
]


def stylesheet(source: str) -> str:
    """The stylesheet without the typeface, the crest and the fixed colours."""
    made = re.sub(r"/\*[!#].*?\*/", "", source, flags=re.S)
    made = re.sub(r"@font-face\{[^}]*\}", "", made)
    made = re.sub(r"font-family:(GDS Transport,arial,)?sans-serif", "font-family:var(--consult-face)", made)
    made = re.sub(r"[^{};]*:?[^{};]*url\(/assets/images/[^)]*\)[^{};]*;?", "", made)
    made = re.sub(r"[^{}]*\.govuk-(footer__crown|logo-dot|footer__copyright-logo:before)\{[^}]*\}", "", made)
    made = re.sub(r"(?<=[{;])--govuk-[a-z-]*colour:#[0-9a-f]+;?", "", made)
    made = re.sub(r"var\((--govuk-[a-z-]+),[^()]*\)", r"var(\1)", made)
    for pattern, put in COLOURS:
        made = re.sub(pattern, put, made)
    return made


def script(source: str) -> str:
    """The script without the address of its source map, which is not kept here."""
    return re.sub(r"\n?//# sourceMappingURL=\S+", "", source)


def main(folder: Path) -> None:
    here = Path(__file__).parent
    sums = []
    for name, make in (("govuk-frontend.min.css", stylesheet), ("govuk-frontend.min.js", script)):
        raw = (folder / name).read_bytes()
        if hashlib.sha256(raw).hexdigest() != INPUTS[name]:
            sys.exit(f"{name} is not the file of govuk-frontend 6.6.0 that this recipe was written for.")
        made = make(raw.decode("utf-8")).encode("utf-8")
        target = here / name.replace(".min", "")
        target.write_bytes(made)
        sums.append(f"{hashlib.sha256(made).hexdigest()}  {target.name}\n")
    (here / "SHA256SUMS").write_text("".join(sums), encoding="ascii")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
