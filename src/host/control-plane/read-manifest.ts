import { parse } from 'yaml'
import type { ComponentName } from './images.js'
import { COMPONENTS } from './images.js'

/** What counts of a static pod of the control plane. */
export interface ReadManifest {
  /** The component whose image it runs; undefined for some other pod. */
  readonly component: ComponentName | undefined
  readonly image: string
  /** The program and its arguments. */
  readonly command: readonly string[]
  readonly flags: ReadonlyMap<string, string>
  readonly name: string
  /**
   * Path on the machine of what a path in the container stands for; undefined when nothing is mounted there.
   */
  readonly onMachine: (path: string) => string | undefined
  readonly volumes: readonly { readonly name: string; readonly path: string; readonly type: string }[]
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const records = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.filter(isRecord) : []
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/**
 * Reads a manifest as the kubelet does. A text says what is wrong with it. Source:
 * pkg/kubelet/config/common.go tryDecodeSinglePod.
 */
export function readManifest(manifest: string): ReadManifest | string {
  let pod: unknown
  try {
    pod = parse(manifest)
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
  }
  if (!isRecord(pod) || pod.kind !== 'Pod')
    return `invalid pod: ${JSON.stringify(isRecord(pod) ? pod.kind : pod)}`
  const spec = isRecord(pod.spec) ? pod.spec : {}
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
    isRecord(hostPath) ? [{ name: text(name), path: text(hostPath.path), type: text(hostPath.type) }] : [],
  )
  const mounts = records(container.volumeMounts)
    .map(({ name, mountPath }) => ({
      at: text(mountPath),
      volume: volumes.find((volume) => volume.name === name),
    }))
    .toSorted((a, b) => b.at.length - a.at.length)
  return {
    component: COMPONENTS.find(
      (name) => image.replace(/[:@].*$/, '').endsWith(`/${name}`) || command[0] === name,
    ),
    image,
    command,
    volumes,
    name: isRecord(pod.metadata) ? text(pod.metadata.name) : '',
    flags: flagsOf(command.slice(1)),
    onMachine: (path) => {
      const mount = mounts.find(({ at }) => path === at || path.startsWith(`${at}/`))
      return mount?.volume === undefined ? undefined : mount.volume.path + path.slice(mount.at.length)
    },
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
