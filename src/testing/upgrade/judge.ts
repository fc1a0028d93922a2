import { isMap } from '../../lang/json/maps.js'
import { createScheme } from '../../api/scheme.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { servedIn } from '../../api/definitions.js'
import { pluralGuess, whyNotServed } from '../../api/not-served.js'
import { release } from '../../api/releases.js'
import { Kinds } from '../../cluster/check/kinds.js'
import { sendObject } from '../../cluster/check/load.js'
import { nameOf, type Sourced } from '../../cluster/check/read-manifests.js'
import { SimCluster } from '../../cluster/sim-cluster.js'
import type { UpgradeFinding } from './finding.js'

/** What a release makes of an object. */
interface Verdict {
  /** Why it is not served; undefined if it is. */
  readonly unserved?: string
  /** Why it cannot be judged: a custom kind whose definition is elsewhere. */
  readonly foreign?: string
  /** The API version to write instead. */
  readonly instead?: string
  /** Why it is refused; undefined if it is not. */
  readonly error?: string
  /** As the release would store it. */
  readonly stored?: unknown
}

/** Kinds that later objects need, which are created; all others are sent as dry runs. */
const FIRST = new Set(['Namespace', 'CustomResourceDefinition'])

/** Returns what a release makes of each object. `instead` are the API versions that replace removed ones. */
function judge(
  version: string,
  all: readonly Sourced[],
  instead: ReadonlyMap<Sourced, string>,
  namespace: string,
): ReadonlyMap<Sourced, Verdict> {
  const cluster = new SimCluster({ version, nodes: 1, like: 'kind' })
  const objects = all.map(({ object }) => object)
  const kinds = new Kinds(version, objects)
  const placed = ({ object }: Sourced): KubeObject => ({
    ...object,
    metadata: { ...object.metadata, namespace: object.metadata?.namespace ?? namespace },
  })
  for (const name of new Set(all.map((source) => placed(source).metadata.namespace)))
    if (
      name !== undefined &&
      !cluster.state.peek('namespaces').some(({ metadata }) => metadata.name === name)
    )
      cluster.create('namespaces', { metadata: { name } })
  cluster.settle()
  const found = new Map<Sourced, Verdict>()
  const look = (source: Sourced, dryRun: boolean): void => {
    const apiVersion = instead.get(source)
    const given = placed(source)
    const object = apiVersion === undefined ? given : { ...given, apiVersion }
    const served = kinds.of(object)
    if (served === undefined) {
      const why = kinds.whyNot(object)
      if (why.isForeign) return void found.set(source, { foreign: why.message })
      found.set(source, {
        unserved: whyNotServed(createScheme(version), object.apiVersion ?? '', object.kind ?? ''),
        ...(why.instead === undefined ? {} : { instead: why.instead }),
      })
      return
    }
    const { namespace: _, ...metadata } = object.metadata
    const sent = served.namespaced ? object : { ...object, metadata }
    const { code, status } = sendObject(cluster, served, sent, { strict: true, dryRun })
    // one that is there already has been taken
    const isTaken = code < 300 || code === 409
    found.set(source, isTaken ? { stored: code < 300 ? status : undefined } : { error: status.message ?? '' })
  }
  const isFirst = ({ object }: Sourced): boolean => FIRST.has(object.kind ?? '')
  for (const source of all) if (isFirst(source)) look(source, false)
  cluster.settle()
  for (const source of all) if (!isFirst(source)) look(source, true)
  return found
}

/** Fields that differ from cluster to cluster, or that no manifest decides. */
const OWN = new Set([
  'uid',
  'creationTimestamp',
  'resourceVersion',
  'managedFields',
  'generation',
  'selfLink',
  'status',
  'clusterIP',
  'clusterIPs',
  'nodePort',
  'healthCheckNodePort',
  'apiVersion',
])

const shown = (value: unknown): string => (value === undefined ? 'unset' : JSON.stringify(value))

/** Returns what differs between the defaults of two releases, as `spec.a.b: 1 becomes 2`. */
function differences(was: unknown, is: unknown, path: string): readonly string[] {
  if (isMap(was) && isMap(is)) {
    const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((key) => !OWN.has(key))
    return keys
      .toSorted()
      .flatMap((key) => differences(was[key], is[key], path === '' ? key : `${path}.${key}`))
  }
  if (Array.isArray(was) && Array.isArray(is) && was.length === is.length)
    return was.flatMap((each, at) => differences(each, is[at], `${path}[${at}]`))
  return JSON.stringify(was) === JSON.stringify(is) ? [] : [`${path}: ${shown(was)} becomes ${shown(is)}`]
}

/** Returns what each release of an upgrade does to manifests, in the order of the releases. */
export function judgeUpgrade(
  minors: readonly string[],
  all: readonly Sourced[],
  namespace: string,
): { readonly findings: readonly UpgradeFinding[]; readonly notChecked: readonly string[] } {
  const found: UpgradeFinding[] = []
  const notChecked = new Set<string>()
  const instead = new Map<Sourced, string>()
  let before: ReadonlyMap<Sourced, Verdict> | undefined
  for (const version of minors) {
    let now = judge(version, all, instead, namespace)
    const add = (source: Sourced, change: UpgradeFinding['change'], message: string, repair: string): void =>
      void found.push({
        release: version,
        change,
        object: nameOf(source.object),
        message,
        repair,
        file: source.file,
        line: source.lines.first,
      })
    let hasMoved = false
    for (const source of all) {
      const verdict = now.get(source) ?? {}
      const old = before?.get(source)
      if (verdict.foreign !== undefined) notChecked.add(`${nameOf(source.object)}: ${verdict.foreign}`)
      if (verdict.unserved === undefined || old?.unserved !== undefined) continue
      const since = servedSince(source)
      if (since !== undefined && since > release(version).minor) {
        add(source, 'early', verdict.unserved, `leave it out until v1.${since}`)
        continue
      }
      add(source, 'removed', verdict.unserved, repairOf(source, verdict.instead))
      if (verdict.instead === undefined) continue
      instead.set(source, verdict.instead)
      hasMoved = true
    }
    // objects go on in the version that was asked for
    if (hasMoved) now = judge(version, all, instead, namespace)
    for (const source of all) {
      const [verdict, old] = [now.get(source) ?? {}, before?.get(source)]
      if (verdict.error !== undefined && old?.error === undefined)
        add(source, 'invalid', verdict.error, `edit ${source.file === '' ? 'the manifest' : source.file}`)
      // a change of API version is told by itself, with the defaults of the new one
      if (old?.stored === undefined || verdict.stored === undefined) continue
      for (const message of differences(old.stored, verdict.stored, ''))
        add(source, 'default', message, `set ${message.split(':')[0] ?? ''} to keep it`)
    }
    before = now
  }
  return { findings: found, notChecked: [...notChecked] }
}

/** Returns the first minor that serves the API version of an object; undefined if that is not known. */
function servedSince({ object: { apiVersion = '', kind = '' } }: Sourced): number | undefined {
  return servedIn(apiVersion, pluralGuess(kind))?.since
}

function repairOf({ file }: Sourced, instead: string | undefined): string {
  const path = file === '' ? 'FILE' : file
  if (instead === undefined) return `remove it from ${path}`
  return `kubectl convert -f ${path} --output-version ${instead}`
}
