import { partial } from '../support/typed.js'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PersistentVolume, Pod } from '../../src/api/core/generated.js'
import type { KubeObject } from '../../src/api/kind/definition.js'
import type { StoreView } from '../../src/apiserver/storage/stored-objects.js'
import { ReferenceGraph } from '../../src/rbac/nodes/reference-graph.js'

type View = Pick<StoreView, 'list' | 'withField' | 'onChange'>
type Listener = (next: KubeObject | undefined, old: KubeObject | undefined) => void

/** Pods and volumes that tells of changes, and counts what is read of it. */
class FakeStore implements View {
  readonly pods = new Map<string, Pod>()
  readonly volumes = new Map<string, PersistentVolume>()
  readonly #listeners = new Map<string, Listener[]>()
  reads = 0

  list<T extends KubeObject>(): readonly T[] {
    this.reads++
    return [...this.volumes.values()] as readonly KubeObject[] as readonly T[]
  }

  withField<T extends KubeObject>(_resource: string, _field: string, value: string): readonly T[] {
    this.reads++
    return [...this.pods.values()].filter(
      ({ spec }) => spec.nodeName === value,
    ) as readonly KubeObject[] as readonly T[]
  }

  onChange<T extends KubeObject>(
    resource: string,
    listener: (next: T | undefined, old: T | undefined) => void,
  ): void {
    this.#listeners.set(resource, [...(this.#listeners.get(resource) ?? []), listener as Listener])
  }

  putPod(key: string, next: Pod | undefined): void {
    this.#put('pods', this.pods, key, next)
  }

  putVolume(key: string, next: PersistentVolume | undefined): void {
    this.#put('persistentvolumes', this.volumes, key, next)
  }

  #put<T extends KubeObject>(
    resource: string,
    objects: Map<string, T>,
    key: string,
    next: T | undefined,
  ): void {
    const old = objects.get(key)
    if (next === undefined) objects.delete(key)
    else objects.set(key, next)
    if (next !== undefined || old !== undefined)
      for (const listener of this.#listeners.get(resource) ?? []) listener(next, old)
  }
}

const NODES = ['n1', 'n2', 'n3']
const NAMESPACES = ['a', 'b']
const NAMES = ['x', 'y', 'z']
const EPHEMERAL = NAMES.flatMap((each) => [0, 1, 2].map((at) => `${each}-v${at}`))
const RESOURCES = ['secrets', 'configmaps', 'persistentvolumeclaims', 'serviceaccounts', 'resourceclaims']

const name = fc.constantFrom(...NAMES)
const source = fc.oneof(
  name.map((secretName) => ({ secret: { secretName } })),
  name.map((each) => ({ configMap: { name: each } })),
  {
    weight: 5,
    arbitrary: fc.constantFrom('x', 'y').map((claimName) => ({ persistentVolumeClaim: { claimName } })),
  },
  name.map((secretName) => ({ azureFile: { secretName, shareName: 's' } })),
  name.map((each) => ({ csi: { driver: 'd', nodePublishSecretRef: { name: each } } })),
  name.map((each) => ({ iscsi: { secretRef: { name: each } } })),
  fc
    .tuple(name, name)
    .map(([one, other]) => ({
      projected: {
        sources: [
          { secret: { name: one } },
          { configMap: { name: other } },
          { serviceAccountToken: { path: 't' } },
        ],
      },
    })),
  fc.constant({ ephemeral: {} }),
  fc.constant({ emptyDir: {} }),
)
const container = fc.record({
  name: fc.constant('c'),
  env: fc.array(
    fc.oneof(
      name.map((each) => ({ name: 'E', valueFrom: { secretKeyRef: { name: each, key: 'k' } } })),
      name.map((each) => ({ name: 'E', valueFrom: { configMapKeyRef: { name: each, key: 'k' } } })),
    ),
    { maxLength: 2 },
  ),
  envFrom: fc.array(
    fc.oneof(
      name.map((each) => ({ secretRef: { name: each } })),
      name.map((each) => ({ configMapRef: { name: each } })),
    ),
    { maxLength: 1 },
  ),
})
const claims = fc.array(
  fc.record({ name: fc.constant('r'), resourceClaimName: fc.option(name, { nil: undefined }) }),
  { maxLength: 1 },
)
const pod = fc
  .record({
    at: fc.tuple(fc.constantFrom(...NAMESPACES), name),
    nodeName: fc.option(fc.constantFrom(...NODES), { nil: undefined }),
    mirror: fc.integer({ min: 0, max: 4 }).map((each) => each === 0),
    spec: fc.record({
      serviceAccountName: name,
      containers: fc.array(container, { minLength: 1, maxLength: 2 }),
      ephemeralContainers: fc.array(container, { maxLength: 1 }),
      imagePullSecrets: fc.array(fc.record({ name }), { maxLength: 1 }),
      volumes: fc
        .array(source, { maxLength: 3 })
        .map((all) => all.map((each, at) => ({ name: `v${at}`, ...each }))),
      resourceClaims: claims,
    }),
    claims,
  })
  .map(({ at: [namespace, podName], nodeName, mirror, spec, claims }) =>
    partial<Pod>({
      metadata: {
        name: podName,
        namespace,
        ...(mirror ? { annotations: { 'kubernetes.io/config.mirror': 'h' } } : {}),
      },
      spec: { ...spec, ...(nodeName === undefined ? {} : { nodeName }) },
      status: { resourceClaimStatuses: claims },
    }),
  )
const secretRef = fc.record({
  name,
  namespace: fc.option(fc.constantFrom(...NAMESPACES), { nil: undefined }),
})
const volume = fc
  .record({
    at: name,
    claim: fc.option(
      fc.record({ name: fc.constantFrom('x', 'y'), namespace: fc.constantFrom(...NAMESPACES) }),
      { nil: undefined, freq: 6 },
    ),
    from: fc.oneof(
      secretRef.map((each) => ({ rbd: { secretRef: each } })),
      secretRef.map((each) => ({ csi: { driver: 'd', nodeStageSecretRef: each } })),
      secretRef.map((each) => ({ csi: { driver: 'd', controllerPublishSecretRef: each } })),
      fc.constant({ hostPath: { path: '/' } }),
    ),
  })
  .map(
    ({ at, claim, from }) =>
      ({
        metadata: { name: at },
        spec: { ...from, ...(claim === undefined ? {} : { claimRef: claim }) },
      }) as PersistentVolume,
  )

type Operation =
  | { readonly pod: Pod }
  | { readonly volume: PersistentVolume }
  | { readonly gone: 'pod' | 'volume'; readonly key: string }
  | { readonly status: string; readonly claims: readonly object[] | undefined }
const key = fc.tuple(fc.constantFrom(...NAMESPACES), name).map(([namespace, each]) => `${namespace}/${each}`)
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 6, arbitrary: pod.map((each) => ({ pod: each })) },
  { weight: 5, arbitrary: volume.map((each) => ({ volume: each })) },
  key.map((each) => ({ gone: 'pod' as const, key: each })),
  name.map((each) => ({ gone: 'volume' as const, key: each })),
  fc.record({ status: key, claims: fc.option(claims, { nil: undefined }) }),
)

function perform(store: FakeStore, what: Operation): void {
  if ('pod' in what)
    store.putPod(`${what.pod.metadata.namespace ?? ''}/${what.pod.metadata.name ?? ''}`, what.pod)
  else if ('volume' in what) store.putVolume(what.volume.metadata.name ?? '', what.volume)
  else if ('gone' in what && what.gone === 'pod') store.putPod(what.key, undefined)
  else if ('gone' in what) store.putVolume(what.key, undefined)
  else {
    const old = store.pods.get(what.status)
    if (old !== undefined)
      store.putPod(what.status, {
        ...old,
        status: {
          ...old.status,
          phase: 'Running',
          ...(what.claims === undefined ? {} : { resourceClaimStatuses: what.claims }),
        },
      } as Pod)
  }
}

/** The answers of a graph to every question that there is. */
function answers(graph: ReferenceGraph): readonly string[] {
  const found: string[] = []
  for (const node of NODES)
    for (const namespace of NAMESPACES)
      for (const each of [...NAMES, ...EPHEMERAL]) {
        for (const resource of RESOURCES)
          if (graph.isUsed(node, resource, namespace, each))
            found.push(`${node} ${resource} ${namespace}/${each}`)
        if (graph.isSecretOfVolume(node, namespace, each))
          found.push(`${node} volume's secret ${namespace}/${each}`)
      }
  return found
}

/** The paths of the real graph, walked over the text of the objects with nothing remembered. */
function walked({ pods, volumes }: FakeStore): readonly string[] {
  const found = new Set<string>()
  const text = (value: unknown): string => JSON.stringify(value ?? null)
  for (const { metadata, spec, status } of pods.values()) {
    if (spec.nodeName === undefined || metadata.annotations !== undefined) continue
    const { namespace = '', name: own = '' } = metadata
    const note = (resource: string, each: string): unknown =>
      found.add(`${spec.nodeName ?? ''} ${resource} ${namespace}/${each}`)
    for (const each of NAMES) {
      const asName = `"name":"${each}"`
      if (spec.serviceAccountName === each) note('serviceaccounts', each)
      if (
        text(status.resourceClaimStatuses).includes(`"resourceClaimName":"${each}"`) ||
        text(spec.resourceClaims).includes(`"resourceClaimName":"${each}"`)
      )
        note('resourceclaims', each)
      const all = text([spec.containers, spec.ephemeralContainers, spec.volumes])
      if (new RegExp(`"(configMap|configMapRef|configMapKeyRef)":\\{${asName}`).test(all))
        note('configmaps', each)
      const named =
        new RegExp(`"(secret|secretRef|secretKeyRef|nodePublishSecretRef)":\\{${asName}`).test(all) ||
        all.includes(`"secretName":"${each}"`)
      if (named || text(spec.imagePullSecrets).includes(asName)) note('secrets', each)
      if (all.includes(`"claimName":"${each}"`)) note('persistentvolumeclaims', each)
    }
    for (const { ephemeral, name: volumeName } of spec.volumes ?? [])
      if (ephemeral !== undefined) note('persistentvolumeclaims', `${own}-${volumeName}`)
  }
  for (const { spec } of volumes.values()) {
    const claim = spec?.claimRef
    const secret = spec?.rbd?.secretRef ?? spec?.csi?.nodeStageSecretRef
    const home = spec?.rbd === undefined ? '' : claim?.namespace
    if (claim === undefined || secret === undefined) continue
    for (const node of NODES)
      if (found.has(`${node} persistentvolumeclaims ${claim.namespace ?? ''}/${claim.name ?? ''}`))
        found.add(`${node} volume's secret ${secret.namespace ?? home ?? ''}/${secret.name ?? ''}`)
  }
  return [...found].filter((each) => !/ \//.test(each))
}

describe('ReferenceGraph', () => {
  it('is what it would be if it were built from nothing, whatever has changed', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40 }), fc.nat({ max: 40 }), (operations, asksFirst) => {
        const store = new FakeStore()
        const graph = new ReferenceGraph(store)
        for (const [at, each] of operations.entries()) {
          if (at === asksFirst) answers(graph) // from now on it follows changes
          perform(store, each)
        }
        expect(answers(graph)).toEqual(answers(new ReferenceGraph(store)))
        expect([...answers(graph)].toSorted()).toEqual([...walked(store)].toSorted())
      }),
      { numRuns: 500 },
    )
  })

  it('reads the pods of a node once, and volumes once, whatever is asked afterwards', () => {
    const store = new FakeStore()
    const graph = new ReferenceGraph(store)
    perform(store, { pod: fc.sample(pod, 1)[0] as Pod })
    expect(store.reads).toBe(0)
    answers(graph)
    const { reads } = store
    expect(reads).toBe(NODES.length + 1)
    for (const each of fc.sample(operation, 50)) {
      perform(store, each)
      answers(graph)
    }
    expect(store.reads).toBe(reads)
  })
})
