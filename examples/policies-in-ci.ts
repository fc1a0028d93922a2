/**
 * A check for CI: prints what a change of network policies opens and closes in any possible cluster, and
 * fails if something is opened. Run it with `npx tsx examples/policies-in-ci.ts BEFORE.yaml AFTER.yaml`.
 */
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { formatChanges, policyChanges } from 'simcluster/netpol'

/** Compares two sets of policies, as YAML. Returns the report and whether the change may be merged. */
export function review(before: string, after: string): { readonly report: string; readonly isSafe: boolean } {
  const changes = policyChanges(before, after)
  return { report: formatChanges(changes), isSafe: changes.opened.length === 0 }
}

const [, script, before, after] = process.argv
if (script === fileURLToPath(import.meta.url) && before !== undefined && after !== undefined) {
  const { report, isSafe } = review(readFileSync(before, 'utf8'), readFileSync(after, 'utf8'))
  process.stdout.write(report)
  if (!isSafe) process.exitCode = 1
}
