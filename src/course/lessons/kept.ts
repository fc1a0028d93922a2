import type { KubeObject } from '../../api/kind/definition.js'
import type { ResourceName } from '../../client/resources.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { type Json, withSortedKeys } from '../../lang/json/json.js'
import type { Goal } from './lesson.js'

type Draft = Record<string, unknown>
/** Takes out of an object what a repair may change. */
export type Permission = (object: Draft) => void

/** Taints that the node lifecycle controller sets by itself. */
const AUTOMATIC = /^node\.kubernetes\.io\//

interface Compared {
  readonly resource: ResourceName
  /** Returns the part of an object that counts. */
  readonly part: (object: Draft) => unknown
  readonly counts?: (object: KubeObject) => boolean
}

const spec = ({ spec: all }: Draft): unknown => all
const withoutMetadata = (object: Draft): unknown => ({ ...object, metadata: undefined })
const isFree = ({ metadata }: KubeObject): boolean => (metadata.ownerReferences ?? []).length === 0

/** What a repair must leave as it is, unless it is permitted to change it. */
const COMPARED: readonly Compared[] = [
  { resource: 'namespaces', part: () => undefined },
  {
    resource: 'nodes',
    part: ({ spec: all }) => {
      const { taints = [], unschedulable = false } = all as {
        readonly taints?: readonly { readonly key: string }[]
        readonly unschedulable?: boolean
      }
      return { taints: taints.filter(({ key }) => !AUTOMATIC.test(key)), unschedulable }
    },
  },
  {
    resource: 'pods',
    counts: isFree,
    part: ({ metadata, spec: all }) => {
      const { labels } = metadata as { readonly labels?: object }
      const { containers = [] } = all as {
        readonly containers?: readonly { readonly name: string; readonly image: string; command?: unknown }[]
      }
      return { labels, containers: containers.map(({ name, image, command }) => ({ name, image, command })) }
    },
  },
  { resource: 'deployments', part: withoutRestart },
  { resource: 'services', part: spec },
  { resource: 'networkpolicies', part: spec },
  { resource: 'poddisruptionbudgets', part: spec },
  { resource: 'resourcequotas', part: spec },
  { resource: 'limitranges', part: spec },
  { resource: 'validatingwebhookconfigurations', part: withoutMetadata },
  { resource: 'mutatingwebhookconfigurations', part: withoutMetadata },
  { resource: 'roles', part: withoutMetadata },
  { resource: 'rolebindings', part: withoutMetadata },
  { resource: 'clusterroles', part: withoutMetadata },
  { resource: 'clusterrolebindings', part: withoutMetadata },
  { resource: 'configmaps', part: withoutMetadata },
  { resource: 'secrets', part: withoutMetadata },
  { resource: 'storageclasses', part: withoutMetadata },
  { resource: 'persistentvolumeclaims', part: claim },
]

/** A claim without what its binding adds. */
function claim({ spec: all }: Draft): unknown {
  const { volumeName: _, ...rest } = all as Draft
  return rest
}

/** A Deployment's spec without the annotation of `kubectl rollout restart`. */
function withoutRestart({ spec: all }: Draft): unknown {
  const { template, ...rest } = structuredClone(all) as { readonly template: { metadata: Draft } }
  const { annotations, ...metadata } = template.metadata
  const { 'kubectl.kubernetes.io/restartedAt': _, ...others } = (annotations ?? {}) as Draft
  return { ...rest, template: { ...template, metadata: { ...metadata, annotations: others } } }
}

const nameOf = (resource: string, { metadata: { name = '', namespace } }: KubeObject): string =>
  namespace === undefined || namespace === 'default'
    ? `${resource}/${name}`
    : `${resource}/${namespace}/${name}`

/** The same text for the same value, whatever the order of members. */
const textOf = (value: unknown): string => JSON.stringify(withSortedKeys(value as Json)) ?? ''

function partOf(object: KubeObject, permit: Permission | undefined, part: Compared['part']): string {
  const draft = structuredClone(object) as unknown as Draft
  permit?.(draft)
  return textOf(part(draft))
}

function differences(
  begun: SimCluster,
  now: SimCluster,
  permissions: Readonly<Record<string, Permission>>,
): readonly string[] {
  return COMPARED.flatMap(({ resource, part, counts = () => true }) => {
    const left = new Map<string, KubeObject>(
      (now.state.peek(resource) as readonly KubeObject[]).map((object) => [nameOf(resource, object), object]),
    )
    return (begun.state.peek(resource) as readonly KubeObject[]).filter(counts).flatMap((object) => {
      const name = nameOf(resource, object)
      const found = left.get(name)
      const permit = permissions[name]
      if (found === undefined) return permit === gone ? [] : [`${name} is gone`]
      if (permit === gone) return []
      return partOf(object, permit, part) === partOf(found, permit, part) ? [] : [`${name} was changed`]
    })
  })
}

/** Removes what a path leads to; `*` is every item of a list. */
function drop(value: unknown, [step = '', ...rest]: readonly string[]): void {
  if (typeof value !== 'object' || value === null) return
  if (step === '*') for (const item of value as readonly unknown[]) drop(item, rest)
  else if (rest.length === 0) delete (value as Draft)[step]
  else drop((value as Draft)[step], rest)
}

/** The permission to change these fields, by paths such as `spec.template.spec.containers.*.image`. */
export const changing =
  (...paths: readonly string[]): Permission =>
  (object) => {
    for (const path of paths) drop(object, path.split('.'))
  }

/** The permission to change taints of a key. */
export const changingTaint =
  (key: string): Permission =>
  ({ spec: all }) => {
    const node = all as { taints?: readonly { readonly key: string }[] }
    node.taints = (node.taints ?? []).filter((taint) => taint.key !== key)
  }

/** The permission to delete an object, or to change all of it. */
export const gone: Permission = () => undefined

/**
 * The goal that objects of the lesson's beginning are there and as they were: those that a repair must change
 * have a permission, by `resource/name` (`resource/namespace/name` outside of default).
 */
export const keepsTheRest = (permissions: Readonly<Record<string, Permission>> = {}): Goal => ({
  text: {
    ko: '고치는 데 필요하지 않은 것은 지우거나 바꾸지 않았습니다.',
    en: 'Nothing was deleted or changed that the repair does not need.',
  },
  judge: ({ cluster, begun }) => differences(begun.cluster, cluster, permissions),
})
