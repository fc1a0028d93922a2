import { checkFrom } from './inputs.js'
import { parseExactJson } from '../lang/go/json.js'
import type { KubeObject } from '../api/kind/definition.js'
import { SimCluster } from '../cluster/sim-cluster.js'
import { mergeOptions } from '../cluster/compose/merge-options.js'
import type { ClusterOptions } from '../cluster/compose/options.js'
import { errorOf, type RealClusterOptions, runKubectl, runOrThrow } from './kubectl-process.js'
import { versionIn } from './server-version.js'

/** Options of {@link fromCluster}: where the cluster is, and what of it is read. */
export interface FromClusterOptions extends Omit<RealClusterOptions, 'namespace' | 'longestWait'> {
  /** Namespaces whose objects are read. Default: all. */
  readonly namespaces?: readonly string[]
  /** Whether Secrets are read. Default false. */
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
 * Reads a real cluster into a simulator: every object that kubectl can list, as it is, with a machine for
 * each node on which its pods run. The real cluster does not change: drain a node here, and see.
 *
 * Objects of aggregated APIs are left out, and so are Secrets unless they are asked for.
 * @throws Error if kubectl is missing, cannot reach the cluster, or may not list something
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
  const done = async (words: readonly string[]): Promise<string> => (await runOrThrow(options, words)).stdout
  const version = versionIn(await done(['version', '--output=json']))
  const served = (await done(['api-resources', '--verbs=list', '--output=name'])).trim().split('\n')
  const aggregated = groupsElsewhere(await done(['get', 'apiservices', '--output=json']))
  const leftOut: string[] = []
  const wanted = served.filter((name) => {
    const why = whyNotRead(name, secrets, aggregated)
    if (why !== undefined) leftOut.push(`${name}: ${why}`)
    return why === undefined
  })
  const words = ['get', wanted.join(','), '--all-namespaces', '--output=json']
  const { stdout, stderr, exitCode } = await runKubectl(options, words)
  const errors = stderr.split('\n').filter((line) => line.startsWith('Error from server'))
  const areForbidden = errors.length > 0 && errors.every((line) => line.includes('(Forbidden)'))
  if (exitCode !== 0 && !(isPart && areForbidden)) throw errorOf(stderr)
  if (exitCode !== 0)
    leftOut.push(...errors.map((line) => line.replace(/^Error from server \(Forbidden\): /, '')))
  const objects = itemsIn(stdout)
  const isWanted = ({ metadata: { namespace, name } }: KubeObject): boolean =>
    namespace === undefined ||
    namespaces === undefined ||
    namespaces.includes(namespace) ||
    (namespace === 'default' && name === 'kubernetes')
  return {
    objects: unique(objects.filter(isWanted)),
    version,
    options: mergeOptions(serviceRange(objects), options.options ?? {}),
    leftOut,
  }
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

const itemsIn = (text: string): readonly KubeObject[] =>
  (parseExactJson(text) as { readonly items: readonly KubeObject[] }).items

/** An object may be served in several groups. */
function unique(objects: readonly KubeObject[]): readonly KubeObject[] {
  return [...new Map(objects.map((object) => [object.metadata.uid ?? object, object])).values()]
}

function groupsElsewhere(text: string): ReadonlySet<string> {
  const services = itemsIn(text) as readonly (KubeObject & {
    readonly spec: { readonly group?: string; readonly service?: object }
  })[]
  return new Set(services.flatMap(({ spec: { group = '', service } }) => (service ? [group] : [])))
}
