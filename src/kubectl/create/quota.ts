import type { Command } from '../call.js'
import { KubectlError } from '../errors.js'
import { resourceList } from '../quantities.js'
import { createGenerated, nameOf, optional } from './generate.js'

/**
 * `kubectl create quota NAME --hard=cpu=1,pods=2 --scopes=X`. Source: kubectl pkg/cmd/create/create_quota.go.
 */
export const quota: Command = {
  name: 'quota',
  aliases: ['resourcequota'],
  run(call) {
    const name = nameOf(call)
    const scopes = call.flags.string('scopes')
    const listed = scopes === '' ? [] : scopes.split(',')
    if (listed.includes('')) throw new KubectlError('invalid resource quota scope ""')
    createGenerated(
      call,
      {
        kind: 'ResourceQuota',
        apiVersion: 'v1',
        metadata: { name },
        spec: { ...optional('hard', resourceList(call.flags.string('hard'))), ...optional('scopes', listed) },
        status: {},
      },
      'failed to create quota:',
    )
  },
}
