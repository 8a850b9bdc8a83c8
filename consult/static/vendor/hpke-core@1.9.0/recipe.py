"""Make the one file beside this one out of the published packages @hpke/core 1.9.0 and @hpke/common 1.10.1.

    npm install --ignore-scripts @hpke/core@1.9.0 @hpke/common@1.10.1 esbuild@0.28.2
    python recipe.py node_modules

The packages are under the MIT licence (LICENSE.txt). They are 58 modules that import one another by bare names, which a
browser cannot resolve without help, so esbuild joins the four names that sealing uses, with all they need, into one module.
Nothing of ours is in it. The recipe refuses to run on any other input than the packages hashed here, and writes SHA256SUMS.
"""

import hashlib
import subprocess
import sys
from pathlib import Path

#: SHA-256 over the sorted names and contents of each package's modules.
INPUTS = {
    "@hpke/core/esm": "a7481ee2b6be689c23b9b341866877bb9a1f8312b15c2cf24069359fb6974d31",
    "@hpke/common/esm": "2baaf0ae1e269a700ec6be0d681b98696e738be2e837d6e979ed1e6d0b5de9c8",
}
ESBUILD = "0.28.2"

ENTRY = 'export { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";'
OPTIONS = ("--bundle", "--format=esm", "--minify", "--target=es2022", "--legal-comments=none", "--charset=utf8")
BANNER = "/* @hpke/core 1.9.0 and @hpke/common 1.10.1, MIT licence, joined by esbuild; see recipe.py */"


def digest(folder: Path) -> str:
    """One hash for all modules of a package."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*.js")):
        whole.update(path.relative_to(folder).as_posix().encode() + b"\0")
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def main(modules: Path) -> None:
    here = Path(__file__).parent
    for name, wanted in INPUTS.items():
        if digest(modules / name) != wanted:
            sys.exit(f"{name} is not the package that this recipe was written for: {digest(modules / name)}")
    (program,) = modules.glob("@esbuild/*/bin/esbuild")
    version = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603
    if version != ESBUILD:
        sys.exit(f"esbuild is {version}; the file was made by {ESBUILD}.")
    command = [program, *OPTIONS, f"--banner:js={BANNER}"]
    made = subprocess.run(command, input=ENTRY.encode(), cwd=modules.parent, check=True, capture_output=True).stdout  # noqa: S603
    (here / "hpke.js").write_bytes(made)
    (here / "SHA256SUMS").write_text(f"{hashlib.sha256(made).hexdigest()}  hpke.js\n", encoding="ascii")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
