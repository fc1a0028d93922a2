import { checkDefaulted } from '../inputs.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { deepFreeze } from '../../api/schema/freeze.js'
import type { ClusterRole, PolicyRule } from '../../api/rbac/generated.js'
import { aggregatedRules } from '../../api/rbac/aggregation.js'
import { clusterRoleBindings, clusterRoles } from './cluster-roles.js'
import { controllerRoles, deviceTaintRole } from './controller-roles.js'
import { type PolicyBinding, bindingObject, roleObject } from './form.js'
import { namespaceRoles, roleBindings } from './namespace-roles.js'

const CONTROLLER = 'system:controller:'

/** The policies that differ between minor versions, each built once. */
interface Built {
  plain?: readonly KubeObject[]
  aggregated?: readonly KubeObject[]
}

const old: Built = {}
const current: Built = {}

/** The first minor version with taints of devices, and with devices for extended resources. */
const DEVICES_SINCE = 36

const OLDEST = 34

const builtFor = (minor: number): Built => (minor < DEVICES_SINCE ? old : current)

/**
 * Returns the default roles and bindings that the apiserver creates at startup, in its order: those of v1.34,
 * and of every minor version before v1.36. They are frozen and built once, and lack what differs between
 * clusters (uid, resourceVersion, creationTimestamp).
 * @example bootstrapPolicy().filter(({ kind }) => kind === 'ClusterRole')
 */
export const bootstrapPolicy = (): readonly KubeObject[] => policyOf(OLDEST)

/** As {@link bootstrapPolicy}, for a minor version. */
export function policyOf(minor: number): readonly KubeObject[] {
  const isCurrent = minor >= DEVICES_SINCE
  const added = isCurrent
    ? [roleObject(deviceTaintRole), bindingObject(controllerBinding(deviceTaintRole.name))]
    : []
  return (builtFor(minor).plain ??= deepFreeze([
    ...[...clusterRoles(), ...controllerRoles()].map((role) =>
      roleObject(
        isCurrent && role.name === SCHEDULER ? { ...role, rules: [...role.rules, MAKES_CLAIMS] } : role,
      ),
    ),
    ...[...clusterRoleBindings(), ...controllerRoles().map(({ name }) => controllerBinding(name))].map(
      bindingObject,
    ),
    ...namespaceRoles().map(roleObject),
    ...roleBindings().map(bindingObject),
    ...added,
  ]))
}

const SCHEDULER = 'system:kube-scheduler'
/** The scheduler makes claims for extended resources. */
const MAKES_CLAIMS = 'create,delete resource.k8s.io resourceclaims'

/**
 * Returns the same after the clusterrole-aggregation controller has filled in `admin`, `edit` and `view`.
 * @example compileAccess([...aggregatedPolicy(), ...objects])
 */
export const aggregatedPolicy = (): readonly KubeObject[] => aggregatedPolicyOf(OLDEST)

/** As {@link aggregatedPolicy}, for a minor version. */
export function aggregatedPolicyOf(minor: number): readonly KubeObject[] {
  return (builtFor(minor).aggregated ??= deepFreeze(fillIn(fillIn(fillIn(policyOf(minor))))))
}

/**
 * Returns objects of any kind with the default ClusterRoles that they do not have themselves, and with the
 * rules of aggregated ClusterRoles filled in: what a cluster makes of manifests that bind `view` or `edit`.
 * @example authorize(withDefaultRoles(objects), query)
 */
export function withDefaultRoles(given: Iterable<KubeObject>): readonly KubeObject[] {
  checkDefaulted(given)
  const own = [...given]
  const names = new Set(own.flatMap(({ kind, metadata }) => (kind === 'ClusterRole' ? [metadata.name] : [])))
  const rest = bootstrapPolicy().filter(
    ({ kind, metadata }) => kind === 'ClusterRole' && !names.has(metadata.name),
  )
  return fillIn(fillIn(fillIn([...own, ...rest])))
}

/**
 * Runs one round of the controller. Since `admin` aggregates `edit`, which aggregates `view`, three rounds
 * are needed.
 */
function fillIn(policy: readonly KubeObject[]): readonly KubeObject[] {
  const roles = policy.filter((object): object is ClusterRole => object.kind === 'ClusterRole')
  return policy.map((object) => {
    const role = object as ClusterRole
    return role.aggregationRule === undefined ? object : { ...role, rules: aggregatedRules(role, roles) }
  })
}

function controllerBinding(name: string): PolicyBinding {
  return { name, subjects: [`account:kube-system/${name.slice(CONTROLLER.length)}`] }
}

/** Returns the rules of kubelets: those of the ClusterRole `system:node`. */
export function nodeRules(): readonly PolicyRule[] {
  return (rulesOfNodes ??= findNodeRules())
}

let rulesOfNodes: readonly PolicyRule[] | undefined

function findNodeRules(): readonly PolicyRule[] {
  const role = bootstrapPolicy().find(
    ({ kind, metadata }) => kind === 'ClusterRole' && metadata.name === 'system:node',
  )
  return (role as { readonly rules?: readonly PolicyRule[] } | undefined)?.rules ?? []
}
