import { goDuration } from '../../lang/go/duration.js'
import { parseLabelSelector, SelectorSyntaxError } from '../../api/selectors/label-parser.js'
import type { CommandLine } from '../call/call.js'
import type { DryRun } from '../call/dry-run.js'
import { dryRunOf } from '../call/dry-run.js'
import { KubectlError } from '../call/errors.js'
import type { FlagSpec } from '../args/flags.js'
import type { KubectlRelease } from '../call/release.js'

/**
 * Virtual ms after which a drain without --timeout gives up. kubectl waits until it is interrupted,
 * which is impossible here.
 */
const LONGEST_WAIT_MS = 24 * 3_600_000

/** The flags of drain. */
export interface DrainFlags {
  readonly force: boolean
  readonly ignoreDaemonSets: boolean
  readonly deleteEmptyDir: boolean
  /** Seconds for the eviction's deleteOptions; undefined means the pod's own period. */
  readonly gracePeriodSeconds?: number
  /** Milliseconds of virtual time. */
  readonly timeoutMs: number
  readonly timeoutText: string
  readonly podSelector: string
  readonly disableEviction: boolean
  /** Seconds; pods that have been terminating for longer are skipped. 0: no pod is skipped. */
  readonly skipWaitForDeleteTimeout: number
  readonly dryRun: DryRun
}

/** Returns flags that drain had in older releases. */
export function drainFlags({ emptyDirFlag, oldDrain }: KubectlRelease): readonly FlagSpec[] {
  return [
    ...(emptyDirFlag === 'delete-emptydir-data'
      ? []
      : [{ name: emptyDirFlag, type: 'bool', value: 'false' } as const]),
    ...(oldDrain ? [{ name: 'dry-run', type: 'bool', value: 'false' } as const] : []),
  ]
}

/** Reads the flags. Throws KubectlError for an invalid pod selector. */
export function drainOptionsOf(call: CommandLine): DrainFlags {
  const { flags, release } = call
  const podSelector = flags.string('pod-selector')
  checkSelector(podSelector)
  const grace = flags.int('grace-period', -1)
  const asked = flags.duration('timeout', 0)
  const timeoutMs = asked === 0 ? LONGEST_WAIT_MS : asked
  return {
    force: flags.bool('force'),
    ignoreDaemonSets: flags.bool('ignore-daemonsets'),
    deleteEmptyDir: flags.bool(release.emptyDirFlag),
    ...(grace < 0 ? {} : { gracePeriodSeconds: grace }),
    timeoutMs,
    timeoutText: goDuration(timeoutMs),
    podSelector,
    disableEviction: flags.bool('disable-eviction'),
    skipWaitForDeleteTimeout: flags.int('skip-wait-for-delete-timeout', 0),
    dryRun: dryRunOf(call),
  }
}

function checkSelector(selector: string): void {
  try {
    parseLabelSelector(selector)
  } catch (error) {
    if (error instanceof SelectorSyntaxError)
      throw new KubectlError('--pod-selector=<pod_selector> must be a valid label selector')
    throw error
  }
}
