#!/bin/sh
# git-submodule.sh SOURCE yes|no SUBMODULE...: brings the submodules up to date, or with "no" only looks.
source=$1 update=$2
shift 2
[ $# -gt 0 ] || exit 0
if [ "$update" = yes ]; then
  echo "  GIT     $*"
  cd "$source" && git submodule update --init "$@" || {
    echo "$0: failed to update the submodules: $*" >&2
    exit 1
  }
  exit 0
fi
for module; do
  [ -f "$source/$module/README" ] || {
    echo "GIT submodule checkout is out of date: $module. Please run git submodule update --init $module" >&2
    exit 1
  }
done
