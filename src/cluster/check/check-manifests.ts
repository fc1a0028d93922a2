import { InputError } from '../../lang/input-error.js'
import * as z from 'zod/mini'
import { anyObject, argumentsCheck, text, word } from '../../api/checked-input.js'
import { mergeOptions } from '../compose/merge-options.js'
import { type ClusterOptions, DEFAULTS, type NodeOptions, nodesOf } from '../compose/options.js'
import { SimCluster } from '../sim-cluster.js'
import { findBlockedDrains, findSinglePoints } from './disruption.js'
import { type CheckReport, type VersionFinding, mergeFindings } from './finding.js'
import { Kinds } from './kinds.js'
import { duplicates, load, type Loaded, type Loading, makeNamespaces, rankOf } from './load.js'
import { Makers } from './makers.js'
import { findCuts } from './policies.js'
import { findMissingPorts } from './ports.js'
import { type ManifestFile, readManifests, type Sourced } from './read-manifests.js'
import { findMissing, findMissingKeys } from './references.js'
import { findUnheard, tryCronJobs, waitForRollout } from './rollout.js'
import { addKeys, standIn } from './stand-ins.js'
import { templatesOf } from './templates.js'
import { findUnansweredCalls } from './webhooks.js'

const checkInputs = argumentsCheck(
  'checkManifests()',
  "checkManifests(readFileSync('web.yaml', 'utf8'), { versions: ['v1.34', 'v1.35'] })",
  () => ({
    manifests: z.union([
      z.string(),
      z.array(
        z.strictObject({ path: z.string(), text: z.string(), builtFrom: z.optional(z.array(anyObject())) }),
      ),
    ]),
    options: z.strictObject({
      versions: z.optional(z.array(text).check(z.minLength(1))),
      namespace: word,
      cluster: z.optional(anyObject()),
    }),
  }),
)

/** What manifests are checked on. */
export interface CheckOptions {
  /**
   * The releases on each of which they are checked.
   * @default `['v1.35']`
   */
  readonly versions?: readonly string[]
  /**
   * Where objects without a namespace go.
   * @default `default`
   */
  readonly namespace?: string
  /**
   * The cluster: number of nodes, addons, ...
   * @default three nodes, each in a zone of its own, with the default StorageClass, metrics and load balancer
   * of `like: 'kind'`
   */
  readonly cluster?: Omit<ClusterOptions, 'version'>
}

/**
 * Checks manifests on a fresh cluster of each release: applies them, waits in virtual time until they have
 * rolled out, drains and crashes each node on copies, and returns what is wrong, with files and lines.
 * Containers do not do what their programs would: what an operator creates is not judged, and is said in a
 * note.
 *
 * @param manifests YAML or JSON text, or files with their names
 * @throws InputError for an unknown release, an unknown option of the cluster, or manifests without objects
 * @example
 * const { findings } = checkManifests(readFileSync('web.yaml', 'utf8'), { versions: ['v1.34', 'v1.35'] })
 * expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
 */
export function checkManifests(
  manifests: string | readonly ManifestFile[],
  options: CheckOptions = {},
): CheckReport {
  checkInputs([manifests, options])
  const files = typeof manifests === 'string' ? [{ path: '', text: manifests }] : manifests
  const { versions = [DEFAULTS.version], namespace = 'default', cluster: given = {} } = options
  const { nodes = 3 } = given
  const cluster = { ...given, nodes: typeof nodes === 'number' ? zoned(nodes) : nodes }
  const { objects, found } = readManifests(files)
  if (objects.length === 0 && found.length === 0)
    throw new InputError('checkManifests(): the manifests have no objects: there is nothing to check')
  const byVersion = versions.map(
    (version) => [version, [...found, ...checkOn({ ...cluster, version }, objects, namespace)]] as const,
  )
  return {
    versions,
    nodes: nodesOf(cluster).length,
    files: files.length,
    objects: objects.length,
    findings: mergeFindings(byVersion),
  }
}

const ZONES = 3

/** Those that must be there before anything else is created. */
const FIRST = 2

/** The nodes of a number: one in each of three zones, and so on. */
export function zoned(nodes: number): readonly NodeOptions[] {
  return nodesOf({ nodes }).map(({ name }, at) => ({
    name,
    region: 'region-1',
    zone: `zone-${(at % ZONES) + 1}`,
  }))
}

function checkOn(
  options: ClusterOptions,
  all: readonly Sourced[],
  namespace: string,
): readonly VersionFinding[] {
  const cluster = new SimCluster(
    mergeOptions({ like: 'kind', containers: { commands: 'self-contained' } }, options),
  )
  const kinds = new Kinds(
    cluster.version,
    all.map(({ object }) => object),
  )
  const found: VersionFinding[] = [...duplicates(all, kinds, namespace)]
  const loading: Loading = { cluster, kinds, namespace, found }
  const ranked = all.toSorted((a, b) => rankOf(a.object.kind ?? '') - rankOf(b.object.kind ?? ''))
  const loaded: Loaded[] = []
  const take = (sources: readonly Sourced[]): void => {
    for (const source of sources) {
      const one = load(loading, source)
      if (one !== undefined) loaded.push(one)
    }
  }
  const isFirst = ({ object }: Sourced): boolean => rankOf(object.kind ?? '') < FIRST
  const isPod = ({ object }: Sourced): boolean => object.kind === 'Pod' && object.apiVersion === 'v1'
  take(ranked.filter(isFirst))
  makeNamespaces(loading, all)
  cluster.settle()
  take(ranked.filter((source) => !isFirst(source) && !isPod(source)))
  const pods = ranked.filter(isPod)
  found.push(...judge(loading, { all, loaded, pods, take }))
  return found
}

interface Judged {
  readonly all: readonly Sourced[]
  /** Grows with the pods. */
  readonly loaded: Loaded[]
  /** Bare pods, which are refused where something is missing. */
  readonly pods: readonly Sourced[]
  readonly take: (sources: readonly Sourced[]) => void
}

function judge(
  { cluster, kinds, namespace }: Loading,
  { all, loaded, pods, take }: Judged,
): readonly VersionFinding[] {
  const unloaded = pods.flatMap((source): readonly Loaded[] => {
    const served = kinds.of(source.object)
    const { metadata } = source.object
    if (served === undefined) return []
    const object = {
      ...source.object,
      metadata: { ...metadata, namespace: metadata?.namespace ?? namespace },
    }
    return [{ source, served, object }]
  })
  const everything = [...loaded, ...unloaded]
  const templates = templatesOf(everything)
  const makers = new Makers(cluster, everything, templates, all)
  const bare = templatesOf(unloaded)
  const { found, missing } = findMissing(cluster, { all: everything, pods: bare, makers })
  const keys = findMissingKeys(cluster, templates, makers)
  const ports = findMissingPorts({ cluster, loaded: everything, templates, makers })
  standIn(cluster, missing, templates)
  addKeys(cluster, templates)
  take(pods)
  return [
    ...found,
    ...keys,
    ...ports,
    ...waitForRollout(cluster, loaded),
    ...findUnheard(cluster, loaded, templates),
    ...tryCronJobs(cluster, loaded),
    ...findUnansweredCalls(cluster, loaded, makers),
    ...findBlockedDrains(cluster, loaded),
    ...findSinglePoints(cluster, loaded),
    ...findCuts({ cluster, loaded, templates, makers }),
  ]
}
