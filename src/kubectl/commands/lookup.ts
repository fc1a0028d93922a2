import type { Command } from '../call.js'
import { KubectlError } from '../errors.js'
import { commands } from './index.js'

/** The commands of the real kubectl, in the order of its help. */
const KNOWN = [
  'create',
  'expose',
  'run',
  'set',
  'explain',
  'get',
  'edit',
  'delete',
  'rollout',
  'scale',
  'autoscale',
  'certificate',
  'cluster-info',
  'top',
  'cordon',
  'uncordon',
  'drain',
  'taint',
  'describe',
  'logs',
  'attach',
  'exec',
  'port-forward',
  'proxy',
  'cp',
  'auth',
  'debug',
  'events',
  'diff',
  'apply',
  'patch',
  'replace',
  'wait',
  'kustomize',
  'label',
  'annotate',
  'completion',
  'api-resources',
  'api-versions',
  'config',
  'plugin',
  'version',
]

/** The command of that name. */
export function findCommand(name: string): Command | undefined {
  return commands.find((command) => command.name === name || command.aliases?.includes(name) === true)
}

/** What kubectl says of a command that it does not have, or simcluster not yet. */
export function unknownCommand(name: string): KubectlError {
  if (KNOWN.includes(name)) return new KubectlError(`kubectl ${name} is not part of simcluster yet`)
  const near = KNOWN.filter((known) => distance(name, known) <= 2 || known.startsWith(name.toLowerCase()))
  const hint = near.length === 0 ? '' : `\n\nDid you mean this?\n${near.map((known) => `\t${known}\n`).join('')}`
  return new KubectlError(`unknown command ${JSON.stringify(name)} for "kubectl"${hint}`)
}

/** Levenshtein distance, upper and lower case alike. */
function distance(a: string, b: string): number {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()]
  let row = Array.from({ length: y.length + 1 }, (_, at) => at)
  for (let i = 1; i <= x.length; i++) {
    const next = [i]
    for (let j = 1; j <= y.length; j++) {
      const change = (row[j - 1] as number) + (x[i - 1] === y[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[y.length] as number
}
