import type { ConfigMap, Container, Secret, Volume } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { hintOf, nearest } from '../../lang/text/nearest.js'
import { missingReferences } from '../diagnosis/missing-references.js'
import type { SimCluster } from '../sim-cluster.js'
import type { VersionFinding, Severity } from './finding.js'
import type { Loaded } from './load.js'
import type { Makers } from './makers.js'
import { findingAt } from './read-manifests.js'
import { allContainers, type LoadedTemplate } from './templates.js'

/** Something that objects refer to and that is not there. */
export interface Missing {
  readonly resource: string
  readonly namespace: string | undefined
  readonly name: string
}

/** What a missing object of a resource means for those that refer to it. */
const EFFECTS: Readonly<Record<string, readonly [kind: string, effect: string, severity?: Severity]>> = {
  configmaps: ['ConfigMap', 'containers do not start without it'],
  secrets: ['Secret', 'containers do not start without it'],
  persistentvolumeclaims: ['PersistentVolumeClaim', 'pods are not scheduled without it'],
  persistentvolumes: ['PersistentVolume', 'the claim stays Pending'],
  storageclasses: ['StorageClass', 'claims of it stay Pending'],
  serviceaccounts: ['ServiceAccount', 'pods are refused without it'],
  priorityclasses: ['PriorityClass', 'pods are refused without it'],
  runtimeclasses: ['RuntimeClass', 'pods are refused without it'],
  resourceclaims: ['ResourceClaim', 'pods are not scheduled without it'],
  roles: ['Role', 'the binding grants nothing'],
  clusterroles: ['ClusterRole', 'the binding grants nothing'],
  services: ['Service', 'requests to it fail'],
  ingressclasses: ['IngressClass', 'no controller serves the Ingress', 'warning'],
  deployments: ['Deployment', 'there is nothing to scale'],
  statefulsets: ['StatefulSet', 'there is nothing to scale'],
  replicasets: ['ReplicaSet', 'there is nothing to scale'],
}

/** The fields by which objects of a resource are named: the line of one of them is told. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  configmaps: ['configMapRef', 'configMapKeyRef', 'configMap'],
  secrets: ['secretRef', 'secretKeyRef', 'secretName', 'secret'],
  persistentvolumeclaims: ['claimName'],
  persistentvolumes: ['volumeName'],
  storageclasses: ['storageClassName'],
  serviceaccounts: ['serviceAccountName', 'serviceAccount', 'subjects'],
  priorityclasses: ['priorityClassName'],
  runtimeclasses: ['runtimeClassName'],
  resourceclaims: ['resourceClaims'],
  roles: ['roleRef'],
  clusterroles: ['roleRef'],
  services: ['backend', 'defaultBackend', 'serviceName'],
  ingressclasses: ['ingressClassName'],
  deployments: ['scaleTargetRef'],
  statefulsets: ['scaleTargetRef'],
  replicasets: ['scaleTargetRef'],
}

/** What a needer makes of a missing object, where that differs from {@link EFFECTS}. */
function effectFor(
  resource: string,
  { kind = '' }: KubeObject,
): readonly [effect: string, severity: Severity] {
  if (kind === 'Ingress' && resource === 'secrets')
    return ['the controller serves its own certificate', 'warning']
  if (kind.endsWith('Binding') && resource === 'serviceaccounts')
    return ['the binding grants it nothing yet', 'warning']
  if (kind === 'StatefulSet' && resource === 'services')
    return ['its pods have no names of their own in DNS', 'warning']
  const [, effect = 'it is needed', severity = 'error'] = EFFECTS[resource] ?? []
  return [effect, severity]
}

const split = (key: string): Missing => {
  const [resource = '', path = ''] = key.split(' ')
  const slash = path.indexOf('/')
  return slash < 0
    ? { resource, namespace: undefined, name: path }
    : { resource, namespace: path.slice(0, slash), name: path.slice(slash + 1) }
}

const keyOf = (resource: string, { namespace, name = '' }: KubeObject['metadata']): string =>
  `${resource} ${namespace === undefined ? '' : `${namespace}/`}${name}`

/** What was given, by resource and name. */
export type Given = ReadonlyMap<string, Loaded>

/** Indexes objects by resource and name. */
export const indexOf = (all: readonly Loaded[]): Given =>
  new Map(all.map((each) => [keyOf(each.served.resource, each.object.metadata), each]))

/** References that lead nowhere, and what would have to be there. */
export function findMissing(
  cluster: SimCluster,
  {
    all,
    pods,
    makers,
  }: { readonly all: readonly Loaded[]; readonly pods: readonly LoadedTemplate[]; readonly makers: Makers },
): { readonly found: readonly VersionFinding[]; readonly missing: readonly Missing[] } {
  const given = indexOf(all)
  const bare = pods.map(({ owner }) => owner.object)
  const stored = (resource: string): readonly KubeObject[] =>
    resource === 'pods' ? bare : (cluster.state.peek(resource) as readonly KubeObject[])
  const found: VersionFinding[] = []
  const missing: Missing[] = []
  for (const { missing: key, neededBy } of missingReferences(cluster.state.resources(), stored)) {
    if (given.has(key)) continue
    const wanted = split(key)
    missing.push(wanted)
    for (const needer of neededBy) {
      const by = given.get(needer)
      if (by === undefined || isMade(wanted, by)) continue
      found.push(missingText(wanted, by, { cluster, given, makers }))
    }
  }
  return { found, missing }
}

/** Whether an annotation asks an operator for it. */
const isMade = ({ resource }: Missing, { object }: Loaded): boolean =>
  resource === 'secrets' &&
  object.kind === 'Ingress' &&
  Object.keys(object.metadata.annotations ?? {}).some((key) => /^cert-manager\.io\/|tls-acme$/.test(key))

interface ReferenceContext {
  readonly cluster: SimCluster
  readonly given: Given
  readonly makers: Makers
}

function missingText(
  { resource, namespace, name }: Missing,
  by: Loaded,
  { cluster, given, makers }: ReferenceContext,
): VersionFinding {
  const [kind = resource] = EFFECTS[resource] ?? []
  const [effect, severity] = effectFor(resource, by.object)
  const maker = makers.of(resource, namespace, name, by)
  const place = namespace === undefined ? '' : `${namespace}/`
  const names = [...given.values()]
    .filter(({ served, object }) => served.resource === resource && object.metadata.namespace === namespace)
    .map(({ object }) => object.metadata.name ?? '')
  const known = cluster.state
    .peek(resource)
    .filter(({ metadata }) => metadata.namespace === namespace)
    .map(({ metadata }) => metadata.name ?? '')
  const meant = nearest(name, [...names, ...known])
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`
  return findingAt(by.source, {
    rule: maker === undefined ? 'missing-reference' : 'not-checked',
    severity: maker === undefined ? severity : 'note',
    message:
      maker === undefined
        ? `${kind} ${place}${name} does not exist: ${effect}${hint}`
        : `${kind} ${place}${name} is not among the manifests; ${maker} may create it`,
    line: by.source.lines.ofValue(name, FIELDS[resource]),
  })
}

/** A key that a pod reads. */
export interface KeyReference {
  readonly resource: 'configmaps' | 'secrets'
  readonly name: string
  readonly key: string
  readonly template: LoadedTemplate
}

type Source = { readonly name?: string; readonly optional?: boolean | null } | null | undefined

/** Returns the keys of ConfigMaps and Secrets that the pods of a template cannot start without. */
export function keysOf(template: LoadedTemplate): readonly KeyReference[] {
  const found: KeyReference[] = []
  const add = (
    resource: KeyReference['resource'],
    source: Source,
    name: string | undefined,
    key: string,
  ): void => {
    if (source?.optional !== true && name) found.push({ resource, name, key, template })
  }
  for (const { env } of allContainers(template))
    for (const { valueFrom } of env ?? []) {
      const { configMapKeyRef: map, secretKeyRef: secret } = valueFrom ?? {}
      if (map) add('configmaps', map, map.name, map.key)
      if (secret) add('secrets', secret, secret.name, secret.key)
    }
  for (const volume of template.spec.volumes ?? []) itemsOf(volume, add)
  return found
}

function itemsOf(
  { configMap, secret, projected }: Volume,
  add: (resource: KeyReference['resource'], source: Source, name: string | undefined, key: string) => void,
): void {
  for (const { key } of configMap?.items ?? []) add('configmaps', configMap, configMap?.name, key)
  for (const { key } of secret?.items ?? []) add('secrets', secret, secret?.secretName, key)
  for (const source of projected?.sources ?? []) {
    for (const { key } of source.configMap?.items ?? [])
      add('configmaps', source.configMap, source.configMap?.name, key)
    for (const { key } of source.secret?.items ?? []) add('secrets', source.secret, source.secret?.name, key)
  }
}

/** Sub-paths of a ConfigMap's or Secret's volume: the file of a key that is missing becomes a folder. */
function subPathsOf(template: LoadedTemplate): readonly KeyReference[] {
  const { volumes = [] } = template.spec
  return allContainers(template).flatMap(({ volumeMounts }: Container) =>
    (volumeMounts ?? []).flatMap(({ name: mounted, subPath }): readonly KeyReference[] => {
      const volume = (volumes ?? []).find(({ name }) => name === mounted)
      if (!subPath || subPath.includes('/') || volume === undefined) return []
      const { configMap, secret } = volume
      if (configMap?.name && !configMap.items && configMap.optional !== true)
        return [{ resource: 'configmaps', name: configMap.name, key: subPath, template }]
      if (secret?.secretName && !secret.items && secret.optional !== true)
        return [{ resource: 'secrets', name: secret.secretName, key: subPath, template }]
      return []
    }),
  )
}

/** Keys that are missing in ConfigMaps and Secrets that exist. */
export function findMissingKeys(
  cluster: SimCluster,
  templates: readonly LoadedTemplate[],
  makers: Makers,
): readonly VersionFinding[] {
  const found = templates.flatMap((template) => [
    ...keysOf(template).flatMap((key) => missingKey(cluster, key, 'error', makers)),
    ...subPathsOf(template).flatMap((key) => missingKey(cluster, key, 'warning', makers)),
  ])
  return [...new Map(found.map((each) => [`${each.file}:${each.line} ${each.message}`, each])).values()]
}

function missingKey(
  cluster: SimCluster,
  { resource, name, key, template }: KeyReference,
  severity: Severity,
  makers: Makers,
): readonly VersionFinding[] {
  const { namespace, owner } = template
  const object = cluster.state
    .peek(resource, { namespace })
    .find(({ metadata }) => metadata.name === name) as (ConfigMap & Secret) | undefined
  if (object === undefined || object.type === 'kubernetes.io/service-account-token') return []
  const keys = [...Object.keys(object.data ?? {}), ...Object.keys(object.binaryData ?? {})]
  if (keys.includes(key) || (name === 'kube-root-ca.crt' && key === 'ca.crt')) return []
  const there = keys.length === 0 ? 'it has none' : `it has ${keys.slice(0, 6).join(', ')}`
  // an operator fills it in
  const maker = keys.length === 0 ? makers.of(resource, namespace, name, owner) : undefined
  const kind = resource === 'secrets' ? 'Secret' : 'ConfigMap'
  const lines = owner.source.lines
  const hint = hintOf(key, keys, there)
  return [
    findingAt(owner.source, {
      rule: maker === undefined ? 'missing-key' : 'not-checked',
      severity: maker === undefined ? severity : 'note',
      message:
        maker === undefined
          ? `${kind} ${namespace}/${name} has no key ${key}; ${hint}`
          : `${kind} ${namespace}/${name} is empty; ${maker} may fill it in`,
      line: lines.ofValue(key, ['env', 'volumes', 'volumeMounts']),
    }),
  ]
}
