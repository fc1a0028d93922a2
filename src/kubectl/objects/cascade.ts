import type { DeletionOptions } from '../../client/client.js'
import type { CommandLine } from '../call/call.js'
import { KubectlError } from '../call/errors.js'

type Propagation = NonNullable<DeletionOptions['propagationPolicy']>

const POLICIES: Readonly<Record<string, Propagation>> = {
  background: 'Background',
  true: 'Background',
  foreground: 'Foreground',
  orphan: 'Orphan',
  false: 'Orphan',
}

/**
 * Reads `--cascade`. Accepts deprecated values with a warning; throws KubectlError for invalid ones. Source:
 * cmdutil.GetCascadingStrategy.
 */
export function propagationOf({ flags, out }: CommandLine): Propagation {
  const text = flags.string('cascade', 'background')
  const policy = Object.hasOwn(POLICIES, text) ? POLICIES[text] : undefined
  if (policy === undefined)
    throw new KubectlError(`invalid cascade value (${text}). Must be "background", "foreground", or "orphan"`)
  if (text === 'true' || text === 'false') {
    out.errorLine(
      `warning: --cascade=${text} is deprecated (boolean value) and can be replaced with ` +
        `--cascade=${text === 'true' ? 'background' : 'orphan'}.`,
    )
  }
  return policy
}
