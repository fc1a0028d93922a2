import type { KubeObject } from '../../api/kind/definition.js'
import { Kinds } from '../../cluster/check/kinds.js'
import type { Loaded } from '../../cluster/check/load.js'
import { SourceLines } from '../../cluster/check/source-lines.js'
import { standIn } from '../../cluster/check/stand-ins.js'
import { templatesOf } from '../../cluster/check/templates.js'
import type { ClusterOptions } from '../../cluster/compose/options.js'
import { SimCluster } from '../../cluster/sim-cluster.js'

/** A cluster that was read, and what of it is not in it. */
export interface Imported {
  readonly cluster: SimCluster
  /** What was left out, and why; what stands in for something. */
  readonly notes: readonly string[]
}

/** What pods need before they start again, which is often not among the objects. */
const STOOD_IN = ['configmaps', 'secrets', 'serviceaccounts']

/** Puts objects into a cluster of the release; objects of kinds that it does not serve are left out. */
export function importObjects(
  objects: readonly KubeObject[],
  {
    version,
    ...options
  }: Omit<ClusterOptions, 'nodes' | 'manifests' | 'like' | 'time'> & { readonly version: string },
): Imported {
  const kinds = new Kinds(version, objects)
  const unserved = new Map<string, number>()
  const kept = objects.filter((object) => {
    const type = `${object.apiVersion ?? ''} ${object.kind ?? ''}`
    if (object.kind === 'Event' || kinds.of(object) === undefined) {
      unserved.set(type, (unserved.get(type) ?? 0) + 1)
      return false
    }
    return true
  })
  const cluster = SimCluster.fromObjects(kept, { ...options, version })
  const notes = [...unserved].map(([type, count]) =>
    type.endsWith(' Event')
      ? `left out: ${count} of ${type}: they are no state`
      : `left out: ${count} of ${type}: ${version} does not serve it, and no CustomResourceDefinition does`,
  )
  const madeUp = namespacesLacking(kept).map(
    (name) => `not given: namespaces ${name}; one without labels stands in`,
  )
  return { cluster, notes: [...notes, ...madeUp, ...fillIn(cluster, kept, kinds)] }
}

/** Namespaces of objects that are not among them, and not of every cluster: `fromObjects` makes them. */
function namespacesLacking(objects: readonly KubeObject[]): readonly string[] {
  const given = new Set(
    objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name),
  )
  const named = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []))
  return [...named].filter((name) => !given.has(name) && !/^(?:default|kube-.*)$/.test(name)).sort()
}

/** Makes empty ConfigMaps, Secrets and ServiceAccounts where pods name some that were not given. */
function fillIn(cluster: SimCluster, objects: readonly KubeObject[], kinds: Kinds): readonly string[] {
  const missing = cluster.state.missingReferences().map(({ missing: text, neededBy }) => {
    const [resource = '', path = ''] = text.split(' ')
    const [namespace, name] = path.includes('/') ? path.split('/') : [undefined, path]
    return { resource, namespace, name: name ?? '', neededBy }
  })
  const filled = missing.filter(({ resource }) => STOOD_IN.includes(resource))
  const loaded = objects.flatMap((object): readonly Loaded[] => {
    const served = kinds.of(object)
    const lines = new SourceLines(object, [], new WeakMap())
    return served === undefined ? [] : [{ object, served, source: { object, file: '', lines } }]
  })
  standIn(cluster, filled, templatesOf(loaded))
  return missing.map(({ resource, namespace, name, neededBy }) => {
    const what = `${resource} ${namespace === undefined ? '' : `${namespace}/`}${name}`
    return STOOD_IN.includes(resource)
      ? `not given: ${what}, which ${neededBy[0] ?? ''} needs; one with empty words stands in`
      : `not given: ${what}, which ${neededBy[0] ?? ''} needs`
  })
}
