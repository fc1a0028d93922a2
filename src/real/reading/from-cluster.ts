import type { KubeObject } from '../../api/kind/definition.js'
import { SimCluster } from '../../cluster/sim-cluster.js'
import { mergeOptions } from '../../cluster/compose/merge-options.js'
import type { ClusterOptions } from '../../cluster/compose/options.js'
import { checkFrom } from '../inputs.js'
import { hasKubectl, type RealClusterOptions } from '../kubectl-process.js'
import { versionOfServer } from '../server-version.js'
import { httpsSource } from './https-source.js'
import { readAccess } from './kubeconfig.js'
import { kubectlSource } from './kubectl-source.js'
import type { Listed, ClusterSource, ListedResource } from './source.js'

/** Options of {@link fromCluster}: where the cluster is, and what of it is read. */
export interface FromClusterOptions extends Omit<RealClusterOptions, 'namespace' | 'longestWait'> {
  /**
   * Namespaces whose objects are read.
   * @default all
   */
  readonly namespaces?: readonly string[]
  /**
   * Whether Secrets are read.
   * @default false
   */
  readonly secrets?: boolean
  /** Options of the simulator. */
  readonly options?: Omit<ClusterOptions, 'nodes' | 'version' | 'start'>
}

/** Resources that are not state, or that the simulator makes itself. */
const SKIPPED: ReadonlySet<string> = new Set([
  'events',
  'events.events.k8s.io',
  'componentstatuses',
  'bindings',
])

/** What was read of a real cluster. */
export interface ReadCluster {
  readonly objects: readonly KubeObject[]
  /** The release, or the nearest that the simulator knows. */
  readonly version: string
  readonly options: Omit<ClusterOptions, 'nodes' | 'version' | 'start'>
  /** Resources that were not read, and why: `pods.metrics.k8s.io: an aggregated API serves it`. */
  readonly leftOut: readonly string[]
}

/**
 * Reads a real cluster into a simulator: every object that the user can list, as it is, with a machine for
 * each node on which its pods run. The real cluster does not change: drain a node here, and see.
 *
 * kubectl reads it, which knows every way to sign in; where it is not installed, certificates and tokens of
 * the kubeconfig are used over HTTPS. Objects of aggregated APIs are left out, and so are Secrets unless they
 * are asked for.
 * @throws Error if the cluster cannot be reached, or does not let the user list something
 * @example const copy = await fromCluster({ kubeconfig: 'prod.kubeconfig' })
 */
export async function fromCluster(options: FromClusterOptions = {}): Promise<SimCluster> {
  const { objects, version, options: own } = await readCluster(options, false)
  return SimCluster.fromObjects(objects, { ...own, version })
}

/**
 * Reads the objects of a real cluster.
 * @param isPart whether what the user may not list is left out, instead of an error
 */
export async function readCluster(options: FromClusterOptions, isPart: boolean): Promise<ReadCluster> {
  checkFrom(options)
  const { namespaces, secrets = false } = options
  const source = sourceOf(options)
  const version = versionOfServer(await source.version())
  const leftOut: string[] = []
  const taken = <T>({ got, refused }: Listed<T>): readonly T[] => {
    const [first] = refused
    if (first !== undefined && !isPart) throw first
    leftOut.push(...refused.map(({ message }) => message))
    return got
  }
  const served = taken(await source.resources())
  const services = served.filter(({ name }) => name === 'apiservices.apiregistration.k8s.io')
  const elsewhere = (taken(await source.list(services)) as readonly ApiService[]).filter(
    ({ spec }) => spec.service,
  )
  const aggregated = new Set(elsewhere.map(({ spec: { group = '' } }) => group))
  for (const { spec, status } of elsewhere) {
    const down = status?.conditions?.find(({ type, status: is }) => type === 'Available' && is === 'False')
    const name = `${spec.group ?? ''}/${spec.version ?? ''}`
    // kubectl does not tell
    if (down !== undefined && !leftOut.some((text) => text.startsWith(`${name}: `)))
      leftOut.push(`${name}: ${down.message ?? 'its server is not available'}`)
  }
  const wanted = served.filter(({ name }) => {
    const why = whyNotRead(name, secrets, aggregated)
    if (why !== undefined) leftOut.push(`${name}: ${why}`)
    return why === undefined
  })
  const objects = unique((await lists(source, wanted, namespaces)).flatMap(taken))
  return {
    objects,
    version,
    options: mergeOptions(serviceRange(objects), options.options ?? {}),
    leftOut: folded(leftOut),
  }
}

function sourceOf(options: FromClusterOptions): ClusterSource {
  if (options.kubectl !== undefined || hasKubectl()) return kubectlSource(options)
  return httpsSource(readAccess(options))
}

/** Lists everything, or what is in some namespaces, which a user of these may do who may not list all. */
async function lists(
  source: ClusterSource,
  wanted: readonly ListedResource[],
  namespaces: readonly string[] | undefined,
): Promise<readonly Listed<KubeObject>[]> {
  if (namespaces === undefined) return [await source.list(wanted)]
  const within = wanted.filter(({ isNamespaced }) => isNamespaced)
  const parts = [await source.list(wanted.filter(({ isNamespaced }) => !isNamespaced))]
  for (const namespace of namespaces) parts.push(await source.list(within, namespace))
  if (namespaces.includes('default')) return parts
  // the address of the apiserver
  const services = within.filter(({ name }) => ['services', 'endpointslices.discovery.k8s.io'].includes(name))
  const { got } = await source.list(services, 'default')
  return [
    ...parts,
    { got: got.filter(({ metadata: { name = '' } }) => name.startsWith('kubernetes')), refused: [] },
  ]
}

/** What is forbidden may be most of a cluster: one line names it all. */
function folded(leftOut: readonly string[]): readonly string[] {
  const forbidden = new Map<string, Set<string>>()
  const others = new Set<string>()
  for (const text of leftOut) {
    const [, resource, user = 'this user'] = /^(\S+) is forbidden: (?:User ("[^"]*"))?/.exec(text) ?? []
    if (resource === undefined) others.add(text)
    else forbidden.set(user, (forbidden.get(user) ?? new Set()).add(resource))
  }
  const lines = [...forbidden].map(([user, names]) => `${[...names].join(', ')}: ${user} may not list them`)
  return [...lines, ...others]
}

function whyNotRead(name: string, secrets: boolean, aggregated: ReadonlySet<string>): string | undefined {
  if (SKIPPED.has(name)) return 'it is no state'
  if (name === 'secrets' && !secrets) return 'Secrets are read only if they are asked for'
  return aggregated.has(name.split('.').slice(1).join('.')) ? 'an aggregated API serves it' : undefined
}

/** Returns the ranges of cluster IPs, where the server says them. */
function serviceRange(objects: readonly KubeObject[]): Pick<ClusterOptions, 'network'> {
  const found = objects.find(({ kind, metadata }) => kind === 'ServiceCIDR' && metadata.name === 'kubernetes')
  const { spec } = (found ?? {}) as { readonly spec?: { readonly cidrs?: readonly string[] } }
  return spec?.cidrs === undefined ? {} : { network: { serviceCIDR: spec.cidrs.join(',') } }
}

/** An object may be served in several groups. */
function unique(objects: readonly KubeObject[]): readonly KubeObject[] {
  return [...new Map(objects.map((object) => [object.metadata.uid ?? object, object])).values()]
}

/** An APIService, as far as it is read here. */
type ApiService = KubeObject & {
  readonly spec: { readonly group?: string; readonly version?: string; readonly service?: object }
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string
      readonly status: string
      readonly message?: string
    }[]
  }
}
