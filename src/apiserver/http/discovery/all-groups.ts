import type { APIService } from '../../../api/apiregistration/generated.js'
import { type DiscoveredResource, resourcesBehind } from '../../extensions/aggregator.js'
import type { RegistryContext } from '../../registry/context.js'
import type { DiscoveredGroup, DiscoveredVersion } from './groups.js'
import { compareVersions, discoveredGroups, groupPriority } from './groups.js'
import { byText } from '../../../lang/text/order.js'

const known = new WeakMap<
  readonly APIService[],
  readonly [tables: object, groups: readonly DiscoveredGroup[]]
>()

/**
 * Returns all groups in the order of discovery, including those of other servers; versions of servers that
 * cannot be reached have no resources. Source: kube-aggregator
 * pkg/apiserver/{handler_apis,handler_discovery}.go.
 */
export function allGroups(context: RegistryContext): readonly DiscoveredGroup[] {
  const { scheme, resources, aggregated } = context
  const local = discoveredGroups(scheme, resources)
  const services = aggregated.all
  if (services.length === 0) return local
  const found = known.get(services)
  if (found?.[0] === scheme.tables) return found[1]
  const priorities = new Map<string, number>(
    local.map(({ name }) => [name, groupPriority(name, scheme.release.minor)]),
  )
  const groups = new Map<string, readonly DiscoveredVersion[]>(
    local.map(({ name, versions }) => [name, versions]),
  )
  const servicesOf = new Map<string, APIService[]>()
  for (const service of services) {
    const { group = '', groupPriorityMinimum } = service.spec
    priorities.set(group, Math.max(priorities.get(group) ?? 0, groupPriorityMinimum))
    const others = servicesOf.get(group)
    if (others === undefined) servicesOf.set(group, [service])
    else others.push(service)
  }
  for (const [group, others] of servicesOf) {
    const listed = (service: APIService): ReturnType<typeof resourcesBehind> =>
      resourcesBehind(context, service)
    groups.set(group, withOthers(groups.get(group) ?? [], others, listed))
  }
  const response = [...groups]
    .map(([name, versions]): DiscoveredGroup => ({ name, versions }))
    .sort((a, b) => (priorities.get(b.name) ?? 0) - (priorities.get(a.name) ?? 0) || byText(a.name, b.name))
  known.set(services, [scheme.tables, response])
  return response
}

/**
 * Returns the priority of a group. Groups served here have that of built-in groups or CRDs; those of other
 * servers have that of their APIServices.
 */
function withOthers(
  versions: readonly DiscoveredVersion[],
  services: readonly APIService[],
  listed: (service: APIService) => readonly DiscoveredResource[] | undefined,
): readonly DiscoveredVersion[] {
  const others = services.map((service) => {
    const { version = '', versionPriority } = service.spec
    const elsewhere = listed(service)
    const content = elsewhere === undefined ? { isStale: true as const } : { elsewhere }
    return { version, resources: [], ...content, versionPriority }
  })
  const rest = versions
    .filter(({ version }) => !others.some((one) => one.version === version))
    .map((version) => ({ ...version, versionPriority: LOCAL_PRIORITY }))
  return [...rest, ...others]
    .sort((a, b) => b.versionPriority - a.versionPriority || compareVersions(a.version, b.version))
    .map(({ versionPriority: _priority, ...version }): DiscoveredVersion => version)
}

/** versionPriority of versions of CRDs. */
const LOCAL_PRIORITY = 100
