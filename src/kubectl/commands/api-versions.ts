import type { Command } from '../call.js'
import { usageError } from '../errors.js'

/** `kubectl api-versions`. Source: kubectl pkg/cmd/apiresources/apiversions.go. */
export const apiVersions: Command = {
  name: 'api-versions',
  run(call) {
    if (call.args.length > 0)
      throw usageError('api-versions', `unexpected arguments: [${call.args.join(' ')}]`)
    const all = call
      .discovered()
      .groups.flatMap(({ group, versions }) =>
        versions.map(({ version }) => (group === '' ? version : `${group}/${version}`)),
      )
    for (const text of all.toSorted()) call.out.line(text)
  },
}
