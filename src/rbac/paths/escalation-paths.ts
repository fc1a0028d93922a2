import { checkEscalation } from '../inputs.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { certificates, impersonations, createdSecrets, mintedTokens, readSecrets } from './identities.js'
import { type EscalationIdentity, type EscalationPath, joinPaths } from './path.js'
import { editedWorkloads, execs, createdPods, createdWorkloads, nodeProxies } from './pods.js'
import { boundRoles, editedRoles } from './roles.js'
import { mutatingWebhooks } from './webhooks.js'
import { objectsIn, type RbacSource } from '../nodes/source.js'
import { SubjectView } from './subject-view.js'

/**
 * The subject whose paths are searched. `system:authenticated` and the groups of a service account are added.
 */
export interface EscalationSubject {
  readonly user: string
  readonly groups?: readonly string[]
}

/** Bounds of the search. */
export interface EscalationOptions {
  /**
   * How many paths may be chained, each starting from the identity that the previous one yields.
   * @default 1, at most 4
   */
  readonly depth?: number
}

const MAX_DEPTH = 4

const SEARCHES: readonly ((view: SubjectView) => readonly EscalationPath[])[] = [
  editedRoles,
  boundRoles,
  impersonations,
  mintedTokens,
  readSecrets,
  createdSecrets,
  createdPods,
  createdWorkloads,
  editedWorkloads,
  execs,
  nodeProxies,
  certificates,
  mutatingWebhooks,
]

/**
 * Finds how a subject can gain rights: through roles that it can change or bind, identities that it can
 * assume, tokens, pods of more privileged service accounts, certificates and webhooks. `source` is a cluster,
 * a list of its objects of all kinds, or their YAML. Each path lists API calls that the subject is allowed to
 * make, the resulting identity, and an action that becomes allowed. If one technique leads to several
 * identities, only those are reported whose rights are not covered by another. Members of `system:masters`
 * have nothing to gain.
 *
 * Only RBAC is considered: admission (Pod Security, policies) may block a path, and the rights from the node
 * authorizer are not counted.
 * @example escalationPaths(cluster, { user: 'jane' }).map(({ steps }) => steps.length)
 */
export function escalationPaths(
  source: RbacSource,
  subject: EscalationSubject,
  options: EscalationOptions = {},
): readonly EscalationPath[] {
  checkEscalation([source, subject, options])
  const { depth = 1 } = options
  return pathsFrom([...objectsIn(source)], identityOf(subject), Math.min(depth, MAX_DEPTH))
}

function pathsFrom(
  objects: readonly KubeObject[],
  self: EscalationIdentity,
  depth: number,
): readonly EscalationPath[] {
  const view = new SubjectView(objects, self)
  if (self.groups.includes('system:masters')) return []
  let last = SEARCHES.flatMap((search) => search(view))
  const found = [...last]
  // without this, two identities that can impersonate each other would give endless cycles
  const reported = new Set([self.user, ...last.map(endOf)])
  for (let hops = 1; hops < depth; hops++) {
    last = last
      .filter(({ credential }) => credential.kind !== 'own')
      .flatMap((first) => {
        const next = new SubjectView(objects, first.identity)
        return SEARCHES.flatMap((search) => search(next))
          .filter(
            (second) =>
              !view.may(second.gains) &&
              !reported.has(endOf(second)) &&
              reported.add(endOf(second)) !== undefined,
          )
          .map((second) => joinPaths(first, second))
      })
    found.push(...last)
  }
  return found
}

/**
 * Returns a key for where a path leads: an identity, or more rights for the subject itself. One path to each
 * is enough.
 */
function endOf({ kind, credential, identity: { user }, gains }: EscalationPath): string {
  return credential.kind === 'own' ? JSON.stringify([kind, user, gains]) : user
}

/** Returns the subject with all its groups. */
export function identityOf({ user, groups = [] }: EscalationSubject): EscalationIdentity {
  const [, , namespace] = /^(system:serviceaccount):([^:]+):[^:]+$/.exec(user) ?? []
  const implied =
    namespace === undefined ? [] : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]
  return { user, groups: [...new Set([...groups, ...implied, 'system:authenticated'])] }
}
