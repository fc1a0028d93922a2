#!/usr/bin/env bash
# The step of action.yml: annotations on its output, the findings in the summary of the job, and a JUnit report if
# one is asked for. Ends as simcluster check does.
set -euo pipefail
read -ra program <<< "${SIMCLUSTER:-npx simcluster}"
check() {
  "${program[@]}" check "$CHECK_PATH" --version "$CHECK_VERSION" --fail-on "$CHECK_FAIL_ON" "$@"
}
status=0
check -o github || status=$?
{
  echo "## Manifests on Kubernetes ${CHECK_VERSION//,/, }"
  echo
  check -o markdown || true
} >> "${GITHUB_STEP_SUMMARY:-/dev/null}"
[ -z "${CHECK_JUNIT:-}" ] || check -o junit > "$CHECK_JUNIT" || true
exit "$status"
