import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/kind/definition.js'
import type { Draft } from '../../src/api/kind/draft.js'
import type { Node, Pod, Service } from '../../src/api/core/generated.js'
import type { ObjectInput } from '../../src/api/kind/input.js'
import { fixture, prepared, type Recorded } from './support.js'

/**
 * What a real v1.34 stored for small and rich objects: every field of spec and status must be there, and no
 * other.
 */
interface Row extends Recorded {
  readonly answer: KubeObject
}

const defaultTolerations = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
const isTokenMount = ({ name }: { readonly name: string }): boolean => name.startsWith('kube-api-access-')

/** Takes out of a recorded pod what admission put in; what the client sent stays. */
function withoutPodAdmission({ spec }: Draft<Pod>, sent: ObjectInput<Pod>['spec']): void {
  delete spec.priority
  delete spec.preemptionPolicy
  if (sent?.serviceAccountName === undefined) {
    delete spec.serviceAccountName
    delete spec.serviceAccount
  }
  const known = new Set(sent?.tolerations?.map((toleration) => toleration.key))
  const tolerations =
    spec.tolerations?.filter(({ key }) => known.has(key) || !defaultTolerations.includes(key ?? '')) ?? []
  const volumes = spec.volumes?.filter((volume) => !isTokenMount(volume)) ?? []
  delete spec.tolerations
  delete spec.volumes
  if (tolerations.length > 0) spec.tolerations = tolerations
  if (volumes.length > 0) spec.volumes = volumes
  for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
    const mounts = container.volumeMounts?.filter((mount) => !isTokenMount(mount)) ?? []
    delete container.volumeMounts
    if (mounts.length > 0) container.volumeMounts = mounts
  }
}

/** Takes out what the service registry allocates. */
function withoutAllocation({ spec }: Draft<Service>, sent: ObjectInput<Service>['spec']): void {
  for (const field of [
    'clusterIP',
    'clusterIPs',
    'ipFamilies',
    'ipFamilyPolicy',
    'healthCheckNodePort',
  ] as const) {
    if (sent?.[field] === undefined) delete spec[field]
  }
  for (const port of spec.ports ?? []) if (typeof port.nodePort === 'string') delete port.nodePort
}

/** Takes out the taint that admission puts on new nodes. */
function withoutNodeAdmission({ spec }: Draft<Node>): void {
  const taints = spec.taints?.filter(({ key }) => key !== 'node.kubernetes.io/not-ready') ?? []
  delete spec.taints
  if (taints.length > 0) spec.taints = taints
}

/** A copy without what the registry says of every object. */
function comparable(object: unknown): Draft<KubeObject> {
  const copy = structuredClone(object) as Draft<KubeObject>
  for (const field of [
    'uid',
    'resourceVersion',
    'creationTimestamp',
    'generation',
    'namespace',
    'deletionTimestamp',
    'selfLink',
  ] as const) {
    delete copy.metadata[field]
  }
  return copy
}

function expected(row: Row): Draft<KubeObject> {
  const response = comparable(row.answer)
  if (row.resource === 'pods')
    withoutPodAdmission(response as Draft<Pod>, (row.body as ObjectInput<Pod>).spec)
  if (row.resource === 'services')
    withoutAllocation(response as Draft<Service>, (row.body as ObjectInput<Service>).spec)
  if (row.resource === 'nodes') withoutNodeAdmission(response as Draft<Node>)
  return response
}

describe('defaulting stores what a real v1.34 apiserver stores', () => {
  const rows = fixture<Row>('defaulting.json')

  it('has recordings to compare with', () => expect(rows.length).toBeGreaterThan(40))

  it.each(rows.map((row) => [row.id, row] as const))('%s', (_, row) => {
    const named = { ...row, body: withName(row) }
    const object = comparable(prepared(named, '<time>'))
    if (row.resource === 'services')
      withoutAllocation(object as Draft<Service>, (row.body as ObjectInput<Service>).spec)
    expect(object).toEqual(expected(row))
  })
})

/** The registry generates names before it applies defaults; the recording says which. */
function withName({ body, answer: response }: Row): Readonly<Record<string, unknown>> {
  const metadata = { ...(body['metadata'] as object), name: response.metadata.name }
  return { ...body, metadata }
}
