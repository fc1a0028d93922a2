import type { CommandLine } from './call.js'
import { KubectlError } from './errors.js'
import { logWarning } from './klog.js'

/** Value of `--dry-run`. */
export type DryRun = 'none' | 'client' | 'server'

/** Reads `--dry-run`. A bare flag and `true` mean `client`, as before the flag had values. */
export function dryRunOf(call: CommandLine): DryRun {
  const text = call.flags.string('dry-run', 'none')
  switch (text) {
    case 'none':
    case 'client':
    case 'server':
      return text
    case 'true':
    case 'unchanged':
      return 'client'
    case 'false':
      return 'none'
    default:
      throw new KubectlError(`Invalid dry-run value (${text}). Must be "none", "server", or "client".`)
  }
}

/** Warns about a deprecated form of `--dry-run`. */
export function warnOfOldDryRun(call: Pick<CommandLine, 'env' | 'out' | 'flags'>): void {
  const text = call.flags.string('dry-run')
  if (text === 'unchanged')
    logWarning(call, 'helpers.go:719', '--dry-run is deprecated and can be replaced with --dry-run=client.')
  if (text !== 'true' && text !== 'false') return
  const [line, now] = text === 'true' ? [733, 'client'] : [736, 'none']
  logWarning(
    call,
    `helpers.go:${line}`,
    `--dry-run=${text} is deprecated (boolean value) and can be replaced with --dry-run=${now}.`,
  )
}

/** Suffix of a line that reports an operation. */
export function dryRunSuffix(dryRun: DryRun): string {
  return dryRun === 'none' ? '' : dryRun === 'client' ? ' (dry run)' : ' (server dry run)'
}
