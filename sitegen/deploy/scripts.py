"""The scripts that run on a host of the target `rsync`, for any POSIX shell.

No name is ever a part of a script: the folder comes on the first line of its standard input, and what else it is
about on the lines that follow.
"""

from __future__ import annotations

from sitegen.deploy.folder import TEMPORARY
from sitegen.deploy.lock import LOCK
from sitegen.deploy.manifest import MANIFEST
from sitegen.deploy.releases import CURRENT, INCOMING, RELEASES

RESUMED = ".resume"
"""The release that an interrupted deploy did not finish, from which files are taken that had arrived."""

_ENTER = 'IFS= read -r folder; cd "$folder" || exit 1; '
_DELETE = 'tr "\\n" "\\0" | xargs -0 rm -f --'

_LINK = f"if [ -L {CURRENT} ]; then readlink {CURRENT}; elif [ -e {CURRENT} ]; then echo ?; else echo; fi"

LOOK = (
    "IFS= read -r folder; IFS= read -r name; "
    f'cd "$folder" 2>/dev/null || exit 0; {_LINK}; [ ! -e "$name" ] || {{ echo +; cat "$name"; }}'
)
"""Prints where the link leads (`?` for something that is no link), then `+` and the manifest, if there is one."""

HOLD = (
    'IFS= read -r folder; { mkdir -p "$folder" && cd "$folder"; } 2>&1 || exit 1; '
    f"if command -v flock >/dev/null; then exec 9>{LOCK}; "
    "if flock -n 9; then echo locked; else echo busy; exit 0; fi; "
    "else echo none; fi; cat >/dev/null"
)
"""Makes the folder and holds a lock until its standard input ends, where the host has a program for that. Prints whether
it does, or why there is no such folder."""

BEGIN = (
    "set -e; IFS= read -r folder; IFS= read -r base; "
    f'cd "$folder"; mkdir -p {RELEASES}; '
    f"if [ -d {INCOMING} ]; then rm -rf {RESUMED}; mv {INCOMING} {RESUMED}; fi; mkdir {INCOMING}; "
    'if [ -n "$base" ]; then '
    f'cp -al "{RELEASES}/$base/." {INCOMING}/ 2>/dev/null || '
    f'rsync -a --link-dest="$PWD/{RELEASES}/$base/" "{RELEASES}/$base/" {INCOMING}/; fi; '
    f"cd {INCOMING}; {_DELETE}"
)
"""Begins a release with links to the files of the one before, less those that are named."""

DELETE = _ENTER + _DELETE
PRUNE_FOLDERS = _ENTER + 'tr "\\n" "\\0" | xargs -0 rmdir -- 2>/dev/null; exit 0'
REMOVE_RELEASES = (
    f'{_ENTER}while IFS= read -r name; do rm -rf {RESUMED}; mv "{RELEASES}/$name" {RESUMED} || exit 1; done; '
    f"rm -rf {RESUMED}"
)
"""Under that name, what an interruption leaves of a release is no longer one."""

_EACH_RELEASE = (
    f'for name in {RELEASES}/*; do name="${{name##*/}}"; [ ! -f "{RELEASES}/$name/{MANIFEST}" ] || '
)

LIST = (
    f'IFS= read -r folder; cd "$folder" 2>/dev/null || exit 0; {_LINK}; '
    f'{_EACH_RELEASE} {{ echo "$name"; wc -c <"{RELEASES}/$name/{MANIFEST}"; cat "{RELEASES}/$name/{MANIFEST}"; }}; done'
)
"""Prints where the link leads, then for each release its name, the length of its manifest, and that."""

WRITE = f'set -e; IFS= read -r folder; cd "$folder"; cat >{TEMPORARY}; mv -f {TEMPORARY} {MANIFEST}'
"""Replaces the manifest in a folder."""

_SWITCH = (
    f'rm -f {TEMPORARY}; ln -s "{RELEASES}/$release" {TEMPORARY}; '
    f"mv -fT {TEMPORARY} {CURRENT} 2>/dev/null || mv -fh {TEMPORARY} {CURRENT}; readlink {CURRENT}; "
)

COMMIT = (
    f'set -e; IFS= read -r folder; IFS= read -r before; IFS= read -r release; cd "$folder"; '
    f"cat >{INCOMING}/{MANIFEST}; "
    f'if [ "$(readlink {CURRENT} || true)" != "$before" ]; then echo outrun; exit 0; fi; '
    f'rm -rf "./{RELEASES}/$release"; mv {INCOMING} "{RELEASES}/$release"; {_SWITCH}'
    f'rm -rf {RESUMED}; {_EACH_RELEASE} echo "$name"; done'
)
"""Gives the release that was made its manifest and makes it current. Prints where the link leads then, and the names
of all releases; or `outrun` when the link was switched since."""

ROLL_BACK = (
    f"set -e; {_ENTER}IFS= read -r release; "
    f"if command -v flock >/dev/null; then exec 9>{LOCK}; flock -n 9 || {{ echo busy; exit 0; }}; fi; "
    f'if [ ! -L {CURRENT} ] || [ ! -f "{RELEASES}/$release/{MANIFEST}" ]; then echo missing; exit 0; fi; {_SWITCH}'
)
"""Makes an earlier release current, and prints where the link leads then; `busy` or `missing` when it cannot."""

STANDING = (
    'IFS= read -r folder; cd "$folder" 2>/dev/null || exit 0; '
    'while IFS= read -r path; do if [ -L "$path" ]; then echo "L$path"; '
    'elif [ -d "$path" ]; then :; elif [ -e "$path" ]; then echo "F$path"; fi; done'
)
"""Prints which paths are links and which are files."""

HASH = (
    'IFS= read -r folder; cd "$folder" 2>/dev/null || exit 0; '
    "command -v b2sum >/dev/null || { echo none; exit 0; }; "
    'tr "\\n" "\\0" | xargs -0 b2sum --zero --length=128 -- 2>/dev/null; exit 0'
)
"""Prints the hash of each file; `none` where the host cannot."""
