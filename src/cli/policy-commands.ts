import {
  compare,
  evaluate,
  formatChanges,
  parseConnection,
  policyChanges,
  reachability,
} from '../netpol/index.js'
import type { Holder } from '../rbac/index.js'
import { whoCan } from '../rbac/index.js'
import type { Command } from './command.js'
import { UsageError } from './command.js'
import { manifestsIn } from './files.js'

const NETPOL_FORMS = "write matrix DIR, eval DIR 'FROM -> TO:PORT', or diff DIR DIR"

/** `simcluster netpol`: questions about the policies in folders of manifests. */
export const netpolCommand: Command = {
  name: 'netpol',
  about: 'Answers questions about network policies in manifests. Exit code 1: denied, or different.',
  words: "matrix DIR | eval DIR 'FROM -> TO:PORT' | diff DIR DIR",
  flags: {},
  examples: [
    'simcluster netpol matrix ./policies',
    "simcluster netpol eval ./policies 'shop/frontend -> shop/db:5432'",
    'simcluster netpol diff ./before ./after',
  ],
  run: ({ words }, terminal) => {
    const [what, folder, other] = words
    if (folder === undefined || words.length !== (what === 'matrix' ? 2 : 3))
      throw new UsageError(NETPOL_FORMS)
    const manifests = manifestsIn(folder)
    if (what === 'matrix') {
      terminal.out(`${reachability(manifests).toText().trimEnd()}\n`)
      return 0
    }
    if (what === 'eval') {
      const { allowed } = evaluate(manifests, parseConnection(other as string))
      terminal.out(allowed ? 'allowed\n' : 'denied\n')
      return allowed ? 0 : 1
    }
    if (what !== 'diff') throw new UsageError(NETPOL_FORMS)
    const changed = manifestsIn(other as string)
    if (compare(manifests, changed).relation === 'equal') return 0
    terminal.out(`${formatChanges(policyChanges(manifests, changed)).trimEnd()}\n`)
    return 1
  },
}

function holderText({ subject }: Holder): string {
  const { kind, name, namespace } = subject
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`
}

/** `simcluster rbac`: questions about the roles in folders of manifests. */
export const rbacCommand: Command = {
  name: 'rbac',
  about: 'Lists who may do something, by the roles and bindings in manifests. Exit code 1: nobody.',
  words: 'who-can DIR VERB RESOURCE',
  flags: { namespace: { value: 'NAME', about: 'namespace of the resource', default: 'all' } },
  examples: ['simcluster rbac who-can ./rbac get secrets --namespace prod'],
  run: ({ flags, words }, terminal) => {
    const [what, folder, verb, resource] = words
    if (what !== 'who-can' || folder === undefined || verb === undefined || resource === undefined)
      throw new UsageError('write who-can DIR VERB RESOURCE')
    const { namespace } = flags
    const where = typeof namespace === 'string' ? { namespace } : {}
    const holders = whoCan(manifestsIn(folder), { verb, resource, ...where })
    for (const line of new Set(holders.map(holderText))) terminal.out(`${line}\n`)
    return holders.length > 0 ? 0 : 1
  },
}
