#!/bin/sh
# Boots what is in this bundle again and again, and times it: with a shell, and nothing else of this machine.
#
#   ./replay.sh [-h] [-n BOOTS] [-w BOOTS] [-a kvm|tcg] [-o FILE] [-p]
#
#   -h  shows the options
#   -n  boots (for each point, where a boot ends at one)
#   -w  boots before those, which do not count
#   -a  accelerator, instead of the recorded one
#   -o  where the boots go, one line of JSON each (by default beside the folder of the bundle)
#   -p  leave the processors and the priority alone that the recipe binds the VM and the stopwatch to
#
# With awk there are medians at the end. Exit status: 0 done, 2 wrong usage, 3 this machine is not fit,
# 5 too many boots failed, 12 the bundle is not what it says.
set -u

# @bundle@

complain() {
  printf 'replay.sh: %s\n' "$2" >&2
  exit "$1"
}

boots_text() {
  if [ "$1" -eq 1 ]; then echo '1 boot'; else echo "$1 boots"; fi
}

# Up to what a shell can count with.
is_number() {
  case $1 in '' | 0?* | *[!0-9]* | ????????*) return 1 ;; esac
}

usage='usage: ./replay.sh [-h] [-n BOOTS] [-w BOOTS] [-a kvm|tcg] [-o FILE] [-p]'
help="$usage

  -n  boots (for each point, where a boot ends at one); $boots by default
  -w  boots before those, which do not count; $warmup by default
  -a  accelerator, instead of the recorded one
  -o  where the boots go, one line of JSON each (by default beside the folder of the bundle)
  -p  leave the processors and the priority alone that the recipe binds the VM and the stopwatch to"

output='' asked=''
while getopts 'hn:w:a:o:p' option; do
  case $option in
    h) printf '%s\n' "$help"; exit 0 ;;
    n) boots=$OPTARG ;;
    w) warmup=$OPTARG ;;
    a) asked=$OPTARG ;;
    o) output=$OPTARG ;;
    p) pin='' pin_self='' realtime='' ;;
    *) complain 2 "$usage" ;;
  esac
done
shift $((OPTIND - 1))
if [ $# -gt 0 ]; then complain 2 "$1 is no option"; fi
if ! is_number "$boots" || [ "$boots" -lt 1 ]; then complain 2 "-n $boots is not a whole number from 1 to 9999999"; fi
if ! is_number "$warmup"; then complain 2 "-w $warmup is not a whole number up to 9999999"; fi
case $asked in '' | kvm | tcg) ;; *) complain 2 "-a $asked is neither kvm nor tcg" ;; esac

case $output in
  '' | /*) ;;
  *) output=$PWD/$output ;;
esac
case $0 in */*) CDPATH='' cd -- "${0%/*}/" || exit 3 ;; esac
if [ ! -f bin/stopwatch ]; then complain 3 "call it as ./replay.sh in the folder of the bundle"; fi
if [ -z "$output" ]; then
  beside=${PWD%/*}
  output=$beside/$name.samples.ndjson
fi
if [ -e "$output" ]; then complain 3 "$output is there already: -o FILE puts the boots elsewhere"; fi

# There may be no sha256sum, or one that does not run here.
if [ ! -f SHA256SUMS ]; then
  echo 'not checked: there is no SHA256SUMS'
elif sum=$(sha256sum SHA256SUMS 2>&1) && [ -n "$sum" ]; then
  if ! checked=$(sha256sum -c SHA256SUMS 2>&1); then
    printf '%s\n' "$checked" | while IFS= read -r found; do
      case $found in *': OK') ;; *) printf '%s\n' "$found" >&2 ;; esac
    done
    complain 12 'the bundle is not what SHA256SUMS says'
  fi
  echo 'every file is as SHA256SUMS says'
else
  echo 'not checked: there is no sha256sum here'
fi

find_hypervisor
if [ -d vm/modules ]; then
  QEMU_MODULE_DIR=$PWD/vm/modules
  export QEMU_MODULE_DIR
fi

count_markers() {
  markers=0
  rest=${1%%'],"ended_at_marker"'*}
  while :; do
    case $rest in *'{"marker":'*) ;; *) break ;; esac
    rest=${rest#*'{"marker":'}
    markers=$((markers + 1))
  done
}

# Boots once: to the point $1, or through all of them. Leaves the stopwatch's line in $line.
boot_once() {
  if ! line=$(boot "$1-$accelerator"); then complain 3 'bin/stopwatch does not run here: it is for Linux on x86-64, and for a disk that programs may run from'; fi
  case $line in *'"exec_error":'*) complain 3 "the hypervisor does not start: $line" ;; esac
  reached=false
  count_markers "$line"
  if has_reached "$1"; then reached=true; return; fi
  complaint=${line##*'"errors":'}
  complaint=${complaint%',"errors_bytes":'*}
  if [ "$complaint" != '""' ]; then printf 'the hypervisor said: %s\n' "$complaint" >&2; fi
}

last_kind=''
for kind in $kinds; do last_kind=$kind; done

# /dev/kvm that opens proves nothing: a boot does.
settle() {
  accelerator=tcg
  if [ "$1" = tcg ]; then return; fi
  if [ -r /dev/kvm ] && [ -w /dev/kvm ]; then
    accelerator=kvm
    full=$timeout
    if [ "$timeout" -gt 6000 ]; then timeout=6000; fi
    boot_once "$last_kind"
    timeout=$full
    if [ "$reached" = true ]; then return; fi
    accelerator=tcg
  fi
}

if [ -n "$asked" ]; then
  accelerator=$asked
else
  settle "$recorded"
fi
if [ "$recorded" != auto ] && [ "$recorded" != "$accelerator" ]; then
  echo "! recorded with $recorded, measured with $accelerator: the figures do not compare"
fi

# In a subshell: some shells end where a redirection of ":" fails.
if ! (: > "$output") 2> /dev/null; then complain 3 "$output cannot be written"; fi
round=0 failed=0 counted=0
while [ "$round" -lt $((warmup + boots)) ]; do
  round=$((round + 1))
  is_warmup=false
  if [ "$round" -le "$warmup" ]; then is_warmup=true; fi
  for kind in $kinds; do
    boot_once "$kind"
    facts="\"round\":$round,\"boot\":\"$kind\",\"accelerator\":\"$accelerator\",\"warmup\":$is_warmup,\"reached\":$reached"
    if ! printf '{%s,%s\n' "$facts" "${line#?}" >> "$output"; then complain 3 "$output cannot be written"; fi
    if [ "$is_warmup" = false ]; then
      counted=$((counted + 1))
      if [ "$reached" = false ]; then failed=$((failed + 1)); fi
    fi
  done
  echo "round $round of $((warmup + boots)), $failed of $(boots_text "$counted") failed" >&2
done

# The lines of list_points and list_phases come first, then the boots.
# shellcheck disable=SC2016
summarise='
function text(ns) { return ns >= 1e9 || ns <= -1e9 ? sprintf("%.3f s", ns / 1e9) : sprintf("%.1f ms", ns / 1e6) }
function median(values, n,    i, j, value) {
  for (i = 2; i <= n; i++) {
    value = values[i]
    for (j = i - 1; j >= 1 && values[j] > value; j--) values[j + 1] = values[j]
    values[j + 1] = value
  }
  return n % 2 == 1 ? values[(n + 1) / 2] : (values[n / 2] + values[n / 2 + 1]) / 2
}
function number(key, line) {
  return match(line, "\"" key "\":\"[0-9]+\"") ? substr(line, RSTART + length(key) + 4, RLENGTH - length(key) - 5) + 0 : 0
}
function shown(name, values, n) {
  printf "%-24s %5d  %10s\n", name, n, n == 0 ? "-" : text(median(values, n))
}
BEGIN { FS = "\t" }
$1 == "point" { point[++points] = $2; label[points] = $3; next }
$1 == "phase" { phase[++phases] = $2; from[phases] = $3; to[phases] = $4; next }
!/"warmup":false,"reached":true/ { next }
/"boot":"ALL"/ {
  rest = $0
  boots++
  for (i = 1; i <= points; i++) {
    at[i, boots] = number("ns", rest)
    match(rest, /"ns":"[0-9]+"/)
    rest = substr(rest, RSTART + RLENGTH)
  }
  next
}
{
  for (i = 1; i <= points; i++)
    if (index($0, "\"boot\":\"" point[i] "\"") > 0) end[i, ++ends[i]] = number("elapsed_ns", $0)
}
END {
  printf "%-24s %5s  %10s\n", "point", "n", "median"
  for (i = 1; i <= points; i++) {
    n = boots > 0 ? boots : ends[i] + 0
    for (j = 1; j <= n; j++) list[j] = boots > 0 ? at[i, j] : end[i, j]
    middle[i] = n > 0 ? median(list, n) : 0
    shown(label[i], list, n)
  }
  printf "\n%-24s %5s  %10s\n", "phase", "n", "median"
  for (i = 1; i <= phases; i++) {
    if (boots > 0) {
      for (j = 1; j <= boots; j++) list[j] = at[to[i], j] - (from[i] > 0 ? at[from[i], j] : 0)
      shown(phase[i], list, boots)
    } else {
      list[1] = middle[to[i]] - (from[i] > 0 ? middle[from[i]] : 0)
      shown(phase[i], list, ends[to[i]] > 0 && (from[i] == 0 || ends[from[i]] > 0) ? 1 : 0)
    }
  }
}'

if [ "$(awk 'BEGIN { print "yes" }' 2>&1)" = yes ]; then
  echo
  { list_points && list_phases && while IFS= read -r line; do printf '%s\n' "$line"; done < "$output"; } |
    awk "$summarise"
  echo
fi
echo "$machine under $accelerator, $(boots_text "$counted"), $failed failed"
echo "boots: $output"
# In thousandths, because a shell has whole numbers only.
if [ $((failed * 1000)) -gt $((max_failed * counted)) ]; then complain 5 "too many boots failed: the figures are not valid"; fi
