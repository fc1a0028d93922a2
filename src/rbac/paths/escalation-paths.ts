import type { KubeObject } from '../../api/definition.js'
import { certificates, impersonations, madeSecrets, mintedTokens, readSecrets } from './identities.js'
import type { EscalationIdentity, EscalationPath } from './path.js'
import { editedWorkloads, execs, madePods, madeWorkloads, nodeProxies } from './pods.js'
import { boundRoles, editedRoles } from './roles.js'
import { afterPath } from './chain.js'
import { mutatingWebhooks } from './webhooks.js'
import { World } from './world.js'

/** Who looks for more rights. `system:authenticated` and the groups of a service account are added. */
export interface EscalationSubject {
  readonly user: string
  readonly groups?: readonly string[]
}

/** How far to look. */
export interface EscalationOptions {
  /**
   * How many paths may follow on one another, each from the identity that the one before leads to. Default 1,
   * at most 4.
   */
  readonly depth?: number
}

const MOST_DEPTH = 4

/** A cluster, as far as it is read: its stored objects. */
export interface StoredSource {
  readonly state: { stored(resource: string): readonly KubeObject[] }
}

/** The kinds of objects that paths lead over. */
const RESOURCES = [
  'clusterroles',
  'clusterrolebindings',
  'roles',
  'rolebindings',
  'namespaces',
  'serviceaccounts',
  'secrets',
  'pods',
  'deployments',
  'daemonsets',
  'statefulsets',
]

const SEARCHES: readonly ((world: World) => readonly EscalationPath[])[] = [
  editedRoles,
  boundRoles,
  impersonations,
  mintedTokens,
  readSecrets,
  madeSecrets,
  madePods,
  madeWorkloads,
  editedWorkloads,
  execs,
  nodeProxies,
  certificates,
  mutatingWebhooks,
]

/**
 * How a subject can come to more rights than it has: by roles that it may change or bind, identities that it
 * may take on, tokens, pods of stronger service accounts, certificates, webhooks. `source` is a cluster or
 * its objects, of every kind mixed. Each path is a list of calls that the subject is allowed to make, whom it
 * ends up as, and something that is allowed then and was not before. Of several identities that one way leads
 * to, those are told that may no less than the others. Members of `system:masters` have nothing to gain.
 *
 * Only RBAC is looked at: admission (Pod Security, policies) may stand in the way, and what the node
 * authorizer gives is not counted.
 */
export function escalationPaths(
  source: Iterable<KubeObject> | StoredSource,
  subject: EscalationSubject,
  { depth = 1 }: EscalationOptions = {},
): readonly EscalationPath[] {
  const objects =
    'state' in source
      ? RESOURCES.flatMap((resource) => [...source.state.stored(resource)].map(withKind(resource)))
      : [...source]
  return pathsFrom(objects, identityOf(subject), Math.min(depth, MOST_DEPTH))
}

function pathsFrom(
  objects: readonly KubeObject[],
  self: EscalationIdentity,
  depth: number,
): readonly EscalationPath[] {
  const world = new World(objects, self)
  if (self.groups.includes('system:masters')) return []
  let last = SEARCHES.flatMap((search) => search(world))
  const found = [...last]
  const told = new Set([self.user, ...last.map(endOf)])
  for (let hops = 1; hops < depth; hops++) {
    last = last
      .filter(({ credential }) => credential.kind !== 'own')
      .flatMap((first) => {
        const next = new World(objects, first.identity)
        return SEARCHES.flatMap((search) => search(next))
          .filter(
            (second) =>
              !world.may(second.gains) && !told.has(endOf(second)) && told.add(endOf(second)) !== undefined,
          )
          .map((second) => afterPath(first, second))
      })
    found.push(...last)
  }
  return found
}

/**
 * Where a path leads: to an identity, or to more rights for the one that goes it. One path to each is enough.
 */
function endOf({ kind, credential, identity: { user }, gains }: EscalationPath): string {
  return credential.kind === 'own' ? JSON.stringify([kind, user, gains]) : user
}

/** The subject with all its groups. */
export function identityOf({ user, groups = [] }: EscalationSubject): EscalationIdentity {
  const [, , namespace] = /^(system:serviceaccount):([^:]+):[^:]+$/.exec(user) ?? []
  const implied =
    namespace === undefined ? [] : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]
  return { user, groups: [...new Set([...groups, ...implied, 'system:authenticated'])] }
}

const KINDS: Readonly<Record<string, string>> = {
  clusterroles: 'ClusterRole',
  clusterrolebindings: 'ClusterRoleBinding',
  roles: 'Role',
  rolebindings: 'RoleBinding',
  namespaces: 'Namespace',
  serviceaccounts: 'ServiceAccount',
  secrets: 'Secret',
  pods: 'Pod',
  deployments: 'Deployment',
  daemonsets: 'DaemonSet',
  statefulsets: 'StatefulSet',
}

/** Items of a list need not say what they are. */
function withKind(resource: string): (object: KubeObject) => KubeObject {
  return (object) => (object.kind === undefined ? { ...object, kind: KINDS[resource] ?? '' } : object)
}
