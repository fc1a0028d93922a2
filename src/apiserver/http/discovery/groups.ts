import { isBuiltInVersion } from '../../../api/definitions.js'
import type { Minor } from '../../../api/releases.js'
import type { Scheme } from '../../../api/scheme.js'
import type { SubresourceDefinition, Verb } from '../../../api/kind/definition.js'
import type { DiscoveredResource } from '../../extensions/aggregator.js'
import type { Resource, Resources } from '../../registry/resources.js'
import { byText } from '../../../lang/text/order.js'

/** A group version in discovery. */
export interface DiscoveredVersion {
  readonly version: string
  readonly resources: readonly Resource[]
  /** Whether another server, which cannot be reached, serves it. */
  readonly isStale?: true
  /** What another server serves. */
  readonly elsewhere?: readonly DiscoveredResource[]
}

/** A group with its versions, preferred first. The core group has the name ''. */
export interface DiscoveredGroup {
  readonly name: string
  readonly versions: readonly DiscoveredVersion[]
}

/**
 * groupPriorityMinimum of the built-in groups, which sets the order of discovery. Groups of CRDs have 1000.
 * Source: pkg/controlplane/apiserver/apis.go; The aggregator itself serves apiregistration.k8s.io, before all
 * others.
 */
const PRIORITIES: Readonly<Record<string, number>> = {
  'apiregistration.k8s.io': 20_000,
  '': 18_000,
  apps: 17_800,
  'events.k8s.io': 17_750,
  'authentication.k8s.io': 17_700,
  'authorization.k8s.io': 17_600,
  autoscaling: 17_500,
  batch: 17_400,
  'certificates.k8s.io': 17_300,
  'networking.k8s.io': 17_200,
  extensions: 17_150,
  policy: 17_100,
  'rbac.authorization.k8s.io': 17_000,
  'storage.k8s.io': 16_800,
  'apiextensions.k8s.io': 16_700,
  'admissionregistration.k8s.io': 16_700,
  'scheduling.k8s.io': 16_600,
  'coordination.k8s.io': 16_500,
  'node.k8s.io': 16_300,
  'discovery.k8s.io': 16_200,
  'resource.k8s.io': 16_200,
  'flowcontrol.apiserver.k8s.io': 16_100,
}
const CUSTOM_PRIORITY = 1000
/** Before v1.16, when the extensions group still had the workloads, it came before apps. */
const OLD_EXTENSIONS_PRIORITY = 17_900
const EXTENSIONS_MOVED = 16

/** Whether the release serves the group; other groups come from CRDs. */
export function isBuiltInGroup(scheme: Pick<Scheme, 'definitions'>, group: string): boolean {
  return scheme.definitions().some((each) => each.group === group && isBuiltInVersion(each))
}

const known = new WeakMap<object, readonly DiscoveredGroup[]>()

/**
 * Returns all groups in the order of discovery: by priority, then by name. Clusters of one release share the
 * result until one adds a kind.
 */
export function discoveredGroups(scheme: Scheme, resources: Resources): readonly DiscoveredGroup[] {
  const found = known.get(scheme.tables)
  if (found !== undefined) return found
  const { minor } = scheme.release
  const groups = new Map<string, Map<string, Resource[]>>()
  for (const resource of resources.all) {
    const {
      group,
      definition: { version, verbs, subresources },
    } = resource
    if (verbs.length === 0 && subresources.length === 0) continue
    const versions = groups.get(group) ?? new Map<string, Resource[]>()
    groups.set(group, versions)
    versions.set(version, [...(versions.get(version) ?? []), resource])
  }
  const response = [...groups]
    .map(([name, versions]): DiscoveredGroup => ({
      name,
      versions: [...versions]
        .map(([version, all]): DiscoveredVersion => ({ version, resources: all.sort(byName) }))
        .sort((a, b) => compareVersions(a.version, b.version)),
    }))
    .sort((a, b) => priorityOf(b, minor) - priorityOf(a, minor) || byText(a.name, b.name))
  known.set(scheme.tables, response)
  return response
}

const byName = (a: Resource, b: Resource): number => (a.resource < b.resource ? -1 : 1)

const priorityOf = ({ name }: DiscoveredGroup, minor: Minor): number => groupPriority(name, minor)

/** Returns the groupPriorityMinimum of a group in a minor; '' is the core group. */
export function groupPriority(name: string, minor: Minor): number {
  if (name === 'extensions' && minor < EXTENSIONS_MOVED) return OLD_EXTENSIONS_PRIORITY
  return (Object.hasOwn(PRIORITIES, name) ? PRIORITIES[name] : undefined) ?? CUSTOM_PRIORITY
}

/**
 * Compares versions in Kubernetes' order of preference: v2, v1, v2beta1, v1beta2, v1beta1, v1alpha1, then
 * others by name. Source: apimachinery pkg/version/helpers.go CompareKubeAwareVersionStrings.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)]
  if (left === undefined || right === undefined)
    return left !== undefined ? -1 : right !== undefined ? 1 : a < b ? -1 : a > b ? 1 : 0
  return right.stability - left.stability || right.major - left.major || right.minor - left.minor
}

function parseVersion(
  version: string,
): { readonly stability: number; readonly major: number; readonly minor: number } | undefined {
  const match = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/.exec(version)
  if (match === null) return undefined
  const [, major, level, minor] = match
  return {
    major: Number(major),
    stability: level === undefined ? 2 : level === 'beta' ? 1 : 0,
    minor: Number(minor ?? 0),
  }
}

/** Returns the verbs as discovery lists them: sorted, but for custom resources in the order of definition. */
export function listedVerbs(isBuiltIn: boolean, verbs: readonly Verb[]): readonly Verb[] {
  return isBuiltIn ? [...verbs].sort() : verbs
}

/**
 * Returns the subresources as discovery lists them: by name, but for custom resources in the order of
 * definition.
 */
export function listedSubresources(
  isBuiltIn: boolean,
  subresources: readonly SubresourceDefinition[],
): readonly SubresourceDefinition[] {
  return isBuiltIn ? [...subresources].sort((a, b) => byText(a.name, b.name)) : subresources
}
