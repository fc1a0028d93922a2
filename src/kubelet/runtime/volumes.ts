import type {
  ConfigMap,
  DownwardAPIVolumeFile,
  KeyToPath,
  Pod,
  Secret,
  Volume,
} from '../../api/core/generated.js'
import { fieldOf, resourceFieldOf } from '../pods/downward-api.js'
import { fromBase64 } from '../../lang/bytes/base64.js'
import type { Content } from '../../lang/bytes/content.js'
import { contentOf, textOfContent } from '../../lang/bytes/content.js'
import type { FileTree } from '../../shell/files/tree.js'
import { fileOf } from '../../shell/files/tree.js'
import type { MachineDependencies } from './machine-dependencies.js'

/**
 * One source of a volume's files, as the kubelet last read it. Plain data that shares the API's frozen
 * objects.
 */
export type VolumePart =
  | {
      readonly kind: 'configMap'
      readonly object: ConfigMap | undefined
      readonly items?: readonly KeyToPath[]
    }
  | { readonly kind: 'secret'; readonly object: Secret | undefined; readonly items?: readonly KeyToPath[] }
  | { readonly kind: 'downward'; readonly items: readonly DownwardAPIVolumeFile[] }
  | { readonly kind: 'token'; readonly path: string; readonly audience?: string; readonly seconds: number }
  /** The ConfigMap kube-root-ca.crt, looked up when it is read. */
  | { readonly kind: 'rootCA'; readonly items?: readonly KeyToPath[] }

/** A volume whose files come from the API. */
export interface ApiVolume {
  readonly parts: readonly VolumePart[]
  readonly mode: number
}

/** A volume on the machine's disk. */
export interface DiskVolume {
  readonly kind: 'disk'
  /** Without leading and trailing slashes. */
  readonly path: string
  readonly readOnly: boolean
  /** Bytes of a block device. Default: those of a disk. */
  readonly size?: number
}

/** A volume in the network, the same for all machines. */
export interface NetworkVolume {
  readonly kind: 'network'
  /** Unique name: driver and handle, or server and path. */
  readonly id: string
  readonly readOnly: boolean
  /** As `mount` prints it: `ext4`, `nfs`. */
  readonly type: string
  /** Bytes of a block device. Default: those of a disk. */
  readonly size?: number
  /** Whether its files keep their group, whatever the pod's fsGroup is. */
  readonly keepsGroup?: true
}

/** A mounted volume of a pod. Plain data. */
export type PodVolume = ApiVolume | DiskVolume | NetworkVolume

/** Volumes of a pod by name, without those that have the sandbox's lifetime (emptyDir). */
export type PodVolumes = ReadonlyMap<string, PodVolume>

/** Whether a volume's files come from the API. */
export function comesFromApi(volume: PodVolume): volume is ApiVolume {
  return 'parts' in volume
}

/** The files of a volume from the API. */
export function treeOf({ parts, mode }: ApiVolume, pod: Pod, dependencies: MachineDependencies): FileTree {
  const tree: FileTree = new Map()
  const fsGroup = pod.spec.securityContext?.fsGroup
  const add = (path: string, content: Content | (() => string), own: number | undefined, owner = 0): void => {
    const file = { ...fileOf(content, own ?? mode), owner }
    // Source: pkg/volume/volume_linux.go changeFilePermission
    tree.set(path, fsGroup === undefined ? file : { ...file, group: fsGroup, mode: file.mode | 0o440 })
  }
  const addKeys = (
    data: Readonly<Record<string, Content>>,
    items: readonly KeyToPath[] | undefined,
  ): void => {
    if (items === undefined) for (const [key, content] of Object.entries(data)) add(key, content, undefined)
    else
      for (const { key, path, mode: own } of items)
        if (Object.hasOwn(data, key)) add(path, data[key] as Content, own)
  }
  // many files may have one text: all annotations 10,000 times would be more than a heap holds
  const texts = new Map<string, string>()
  const fieldText = (path: string): string => {
    const text = texts.get(path) ?? fieldOf(pod, path) ?? ''
    texts.set(path, text)
    return text
  }
  for (const part of parts) {
    switch (part.kind) {
      case 'configMap':
        addKeys(configMapData(part.object), part.items)
        break
      case 'secret':
        addKeys(decoded(part.object?.data), part.items)
        break
      case 'rootCA':
        addKeys(
          configMapData(dependencies.configMap(pod.metadata.namespace ?? 'default', 'kube-root-ca.crt')),
          part.items,
        )
        break
      case 'token': {
        const text = (): string => dependencies.serviceAccountToken(pod, part.audience, part.seconds)
        const user = soleUserOf(pod)
        // Source: pkg/volume/projected/projected.go collectData
        const isPrivate = user !== undefined || fsGroup !== undefined
        add(part.path, text, isPrivate ? 0o600 : undefined, user)
        break
      }
      case 'downward':
        for (const { path, fieldRef, resourceFieldRef, mode: own } of part.items) {
          add(
            path,
            fieldRef
              ? fieldText(fieldRef.fieldPath)
              : resourceFieldRef
                ? (resourceFieldOf(pod, resourceFieldRef) ?? '')
                : '',
            own,
          )
        }
        break
    }
  }
  return tree
}

/**
 * Returns the user that all containers of a pod run as by their security contexts; undefined if there is no
 * such one. Source: pkg/volume/util/util.go FsUserFrom.
 */
function soleUserOf({ spec: { initContainers = [], containers, securityContext } }: Pod): number | undefined {
  const users = [...initContainers, ...containers].map(
    (container) => container.securityContext?.runAsUser ?? securityContext?.runAsUser,
  )
  return users.every((user) => user === users[0]) ? users[0] : undefined
}

/** What a ConfigMap's keys hold. */
export function configMapData(object: ConfigMap | undefined): Readonly<Record<string, Content>> {
  return { ...object?.data, ...decoded(object?.binaryData) }
}

/** Texts of a Secret. */
export function secretData(object: Secret | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(decoded(object?.data)).map(([key, content]) => [key, textOfContent(content)]),
  )
}

type Contents = Readonly<Record<string, Content>>

/** Decoded data, which never changes: thousands of sources of a volume may name one Secret. */
const known = new WeakMap<Readonly<Record<string, string>>, Contents>()

function decoded(data: Readonly<Record<string, string>> = {}): Contents {
  let contents = known.get(data)
  if (contents === undefined) {
    contents = Object.fromEntries(
      Object.entries(data).map(([key, text]) => [key, contentOf(fromBase64(text))]),
    )
    known.set(data, contents)
  }
  return contents
}

/** Converts a path on the machine's disk to a key of its tree. */
export function diskPath(path: string): string {
  return path.replace(/^\/+|(?<!\/)\/+$/g, '')
}

/** Whether a volume's content comes from the API. */
export function isApiVolume({ configMap, secret, downwardAPI, projected }: Volume): boolean {
  return (configMap ?? secret ?? downwardAPI ?? projected) !== undefined
}
