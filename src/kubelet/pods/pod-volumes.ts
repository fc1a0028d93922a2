import type { ConfigMap, KeyToPath, Pod, Secret, Volume } from '../../api/core/generated.js'
import type { ApiVolume, VolumePart } from '../runtime/volumes.js'
import { configMapData, isApiVolume } from '../runtime/volumes.js'
import type { ApiObjects } from './api-objects.js'
import { ConfigFault } from './api-objects.js'

const DEFAULT_MODE = 0o644
const ROOT_CA = 'kube-root-ca.crt'
const TOKEN_SECONDS = 3600

/** A pod's volumes from the API, or why they cannot be mounted. */
export interface ApiMounts {
  readonly volumes: ReadonlyMap<string, ApiVolume>
  /** Whether some of it may change. */
  readonly mutable: boolean
  readonly faults: readonly MountFault[]
}

/** Why a volume cannot be mounted. */
export interface MountFault {
  readonly volume: string
  /** How the event names the volume, if it is not by that name. */
  readonly shown?: string
  readonly message: string
  /** The step that failed. Default `SetUp`. */
  readonly step?: 'NewMounter initialization'
}

const NOTHING: ApiMounts = { volumes: new Map(), mutable: false, faults: [] }

/**
 * Names of the volumes that a container mounts (or has as a device); others are ignored. Source:
 * pkg/volume/util GetPodVolumeNames.
 */
export function usedVolumes({ spec }: Pod): ReadonlySet<string> {
  const { containers, initContainers = [], ephemeralContainers = [] } = spec
  const names = new Set<string>()
  for (const { volumeMounts = [], volumeDevices = [] } of [
    ...containers,
    ...initContainers,
    ...ephemeralContainers,
  ]) {
    for (const { name } of volumeMounts) names.add(name)
    for (const { name } of volumeDevices) names.add(name)
  }
  return names
}

/**
 * Reads a pod's volumes from the API. The CA certificate of injected token volumes is looked up when it is
 * read, without waiting for it. Source: pkg/volume/configmap, secret, projected, downwardapi.
 */
export function apiMounts(
  pod: Pod,
  objects: ApiObjects,
  used: ReadonlySet<string> = usedVolumes(pod),
): ApiMounts {
  const wanted = (pod.spec.volumes ?? []).filter((volume) => isApiVolume(volume) && used.has(volume.name))
  if (wanted.length === 0) return NOTHING
  const volumes = new Map<string, ApiVolume>()
  const faults: MountFault[] = []
  let mutable = false
  for (const volume of wanted) {
    try {
      const made = volumeOf(pod, volume, objects)
      volumes.set(volume.name, Object.freeze(made))
      mutable ||= made.parts.some(({ kind }) => kind === 'configMap' || kind === 'secret')
    } catch (error) {
      if (!(error instanceof ConfigFault)) throw error
      faults.push({ volume: volume.name, message: error.message })
    }
  }
  return { volumes, mutable, faults }
}

function volumeOf(
  pod: Pod,
  { configMap, secret, downwardAPI, projected }: Volume,
  objects: ApiObjects,
): ApiVolume {
  const namespace = pod.metadata.namespace ?? 'default'
  if (configMap)
    return {
      mode: configMap.defaultMode ?? DEFAULT_MODE,
      parts: [configMapPart(namespace, configMap.name ?? '', configMap, objects)],
    }
  if (secret)
    return {
      mode: secret.defaultMode ?? DEFAULT_MODE,
      parts: [secretPart(namespace, secret.secretName ?? '', secret, objects)],
    }
  if (downwardAPI)
    return {
      mode: downwardAPI.defaultMode ?? DEFAULT_MODE,
      parts: [{ kind: 'downward', items: downwardAPI.items ?? [] }],
    }
  const parts = (projected?.sources ?? []).flatMap((source): VolumePart[] => {
    if (source.configMap) {
      return source.configMap.name === ROOT_CA
        ? [{ kind: 'rootCA', ...itemsOf(source.configMap) }]
        : [configMapPart(namespace, source.configMap.name ?? '', source.configMap, objects)]
    }
    if (source.secret) return [secretPart(namespace, source.secret.name ?? '', source.secret, objects)]
    if (source.downwardAPI) return [{ kind: 'downward', items: source.downwardAPI.items ?? [] }]
    if (source.serviceAccountToken) {
      const { path, audience, expirationSeconds = TOKEN_SECONDS } = source.serviceAccountToken
      return [
        { kind: 'token', path, seconds: expirationSeconds, ...(audience === undefined ? {} : { audience }) },
      ]
    }
    return []
  })
  return { mode: projected?.defaultMode ?? DEFAULT_MODE, parts }
}

interface Source {
  readonly items?: readonly KeyToPath[]
  readonly optional?: boolean
}

function configMapPart(namespace: string, name: string, source: Source, objects: ApiObjects): VolumePart {
  const object: ConfigMap | undefined = objects.configMap(namespace, name, source.optional)
  const missing = missingKey(source, configMapData(object))
  if (missing !== undefined) throw new ConfigFault(`configmap references non-existent config key: ${missing}`)
  return { kind: 'configMap', object, ...itemsOf(source) }
}

function secretPart(namespace: string, name: string, source: Source, objects: ApiObjects): VolumePart {
  const object: Secret | undefined = objects.secret(namespace, name, source.optional)
  const missing = missingKey(source, object?.data ?? {})
  if (missing !== undefined) throw new ConfigFault(`references non-existent secret key: ${missing}`)
  return { kind: 'secret', object, ...itemsOf(source) }
}

function missingKey(
  { items = [], optional }: Source,
  data: Readonly<Record<string, unknown>>,
): string | undefined {
  return optional === true ? undefined : items.find(({ key }) => !Object.hasOwn(data, key))?.key
}

function itemsOf({ items }: Source): { readonly items?: readonly KeyToPath[] } {
  return items === undefined ? {} : { items }
}
