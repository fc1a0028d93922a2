import { parseYamlText } from '../../lang/yaml/read.js'
import { keepLast } from '../../cluster/kubeadm/keep-last.js'
import type { ComponentName } from '../../cluster/kubeadm/images.js'
import { COMPONENTS } from '../../cluster/kubeadm/images.js'
import { isMap } from '../../lang/json/maps.js'

/** The parts of a control plane's static pod that matter here. */
export interface ReadManifest {
  /** The component whose image it runs; undefined for any other pod. */
  readonly component: ComponentName | undefined
  readonly image: string
  /** The program and its arguments. */
  readonly command: readonly string[]
  readonly flags: ReadonlyMap<string, string>
  readonly name: string
  /** Maps a path in the container to the path on the machine; undefined if nothing is mounted there. */
  readonly onMachine: (path: string) => string | undefined
  /** Whether a path in the container is on a volume that is mounted read-only. */
  readonly isReadOnly: (path: string) => boolean
  readonly volumes: readonly { readonly name: string; readonly path: string; readonly type: string }[]
}

const records = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.filter(isMap) : []
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const lastRead = keepLast<ReadManifest | string>(32)

/**
 * Reads a manifest as the kubelet does. Returns a text if the manifest is invalid. Source:
 * pkg/kubelet/config/common.go tryDecodeSinglePod.
 */
export const readManifest = (manifest: string): ReadManifest | string =>
  lastRead(manifest, () => parseManifest(manifest))

function parseManifest(manifest: string): ReadManifest | string {
  let pod: unknown
  try {
    pod = parseYamlText(manifest)
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
  }
  if (!isMap(pod) || pod.kind !== 'Pod') return `invalid pod: ${JSON.stringify(isMap(pod) ? pod.kind : pod)}`
  const spec = isMap(pod.spec) ? pod.spec : {}
  const [container] = records(spec.containers)
  if (container === undefined) return 'invalid pod: spec.containers: Required value'
  const words = [
    ...(Array.isArray(container.command) ? container.command : []),
    ...(Array.isArray(container.args) ? container.args : []),
  ]
  if (words.some((word) => typeof word !== 'string'))
    return (
      'json: cannot unmarshal number into Go struct field Container.spec.containers.command of type ' +
      'string'
    )
  const command = words as readonly string[]
  const image = text(container.image)
  const volumes = records(spec.volumes).flatMap(({ name, hostPath }) =>
    isMap(hostPath) ? [{ name: text(name), path: text(hostPath.path), type: text(hostPath.type) }] : [],
  )
  const mounts = records(container.volumeMounts)
    .map(({ name, mountPath, readOnly }) => ({
      at: text(mountPath),
      readOnly: readOnly === true,
      volume: volumes.find((volume) => volume.name === name),
    }))
    .toSorted((a, b) => b.at.length - a.at.length)
  const mountOf = (path: string): (typeof mounts)[number] | undefined =>
    mounts.find(({ at }) => path === at || path.startsWith(`${at}/`))
  return {
    component: COMPONENTS.find(
      (name) => image.replace(/[:@].*$/s, '').endsWith(`/${name}`) || command[0] === name,
    ),
    image,
    command,
    volumes,
    name: isMap(pod.metadata) ? text(pod.metadata.name) : '',
    flags: flagsOf(command.slice(1)),
    onMachine: (path) => {
      const mount = mountOf(path)
      return mount?.volume === undefined ? undefined : mount.volume.path + path.slice(mount.at.length)
    },
    isReadOnly: (path) => mountOf(path)?.readOnly === true,
  }
}

function flagsOf(words: readonly string[]): ReadonlyMap<string, string> {
  const flags = new Map<string, string>()
  words.forEach((word, at) => {
    const [, name, value] = /^--?([^=]+)(?:=([\s\S]*))?$/.exec(word) ?? []
    if (name === undefined) return
    const next = words[at + 1]
    flags.set(name, value ?? (next === undefined || next.startsWith('-') ? 'true' : next))
  })
  return flags
}
