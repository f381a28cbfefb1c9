/**
 * What each task of an array runs. Arguments: where to claim jobs, and the command that carries one out but for its index.
 * It is a fixed text: what differs comes as arguments, which Slurm hands on as they are. Two arrays of one handover are
 * there if a front end was killed before it had noted the first; the task that comes first has the job. Where the
 * sweep's folder is not seen, nothing is claimed.
 */
export const TASK_SCRIPT = `#!/bin/sh
claim=$1.$SLURM_ARRAY_TASK_ID
if [ -e "\${1%/*}/../cancelled" ]; then
  echo 'the sweep was cancelled'
  exit 1
fi
shift
(set -C; echo "$SLURM_ARRAY_JOB_ID" >"$claim") 2>/dev/null
if [ -e "$claim" ] && [ "$(cat "$claim")" != "$SLURM_ARRAY_JOB_ID" ]; then
  echo "another array has this job: $claim"
  exit 0
fi
exec "$@" "$SLURM_ARRAY_TASK_ID" --strict
`;
