import type { SimCluster } from '../../cluster/sim-cluster.js'
import {
  CompiledWorld,
  evaluateModel,
  readWorld,
  worldOf,
  type PolicyQuery,
  type Lister,
  type NetpolOptions,
  type ConnectionVerdict,
  type World,
  type WorldPolicy,
} from '../../netpol/index.js'
import { policiesOf } from '../../netpol/world-of.js'

/**
 * What expectations about policies apply to: a cluster, a world of plain objects, a compiled one, or policies
 * alone.
 */
export type PolicySubject = Lister | World | CompiledWorld | readonly WorldPolicy[]

const isLister = (subject: object): subject is Lister =>
  'list' in subject && typeof subject.list === 'function'

/** Returns the options with which a cluster was created; empty for anything else. */
export function choicesOf(subject: unknown): NetpolOptions {
  if (typeof subject !== 'object' || subject === null || !isLister(subject) || !('internals' in subject))
    return {}
  const { networkPolicy } = (subject as Pick<SimCluster, 'internals'>).internals.options
  if (typeof networkPolicy !== 'object') return {}
  const { existingConnections: _, ...choices } = networkPolicy
  return choices
}

/** Judges a connection. */
export function verdictOf(
  subject: unknown,
  connection: PolicyQuery,
  options: NetpolOptions,
): ConnectionVerdict {
  if (subject instanceof CompiledWorld) return subject.evaluate(connection)
  if (typeof subject !== 'object' || subject === null || Array.isArray(subject))
    throw new TypeError('expected a cluster or a world')
  return evaluateModel(
    readWorld(isLister(subject) ? worldOf(subject) : subject, { ...choicesOf(subject), ...options }),
    connection,
  )
}

/** Returns the policies of a subject. */
export function policiesIn(subject: unknown): readonly WorldPolicy[] {
  if (Array.isArray(subject)) return subject as readonly WorldPolicy[]
  if (typeof subject !== 'object' || subject === null || subject instanceof CompiledWorld)
    throw new TypeError('expected policies, a cluster or a world')
  return isLister(subject) ? policiesOf(subject) : ((subject as World).policies ?? [])
}
