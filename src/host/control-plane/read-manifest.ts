import { parseYamlText } from '../../lang/yaml/read.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { keepLast } from '../../cluster/kubeadm/keep-last.js'
import type { HostMachine } from '../machine/host-machine.js'
import type { ComponentName } from '../../cluster/kubeadm/images.js'
import { COMPONENTS } from '../../cluster/kubeadm/images.js'

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
  readonly volumes: readonly { readonly name: string; readonly path: string; readonly type: string }[]
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const records = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.filter(isRecord) : []
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
      (name) => image.replace(/[:@].*$/s, '').endsWith(`/${name}`) || command[0] === name,
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

type Options = SimCluster['internals']['options']
type Mode = Exclude<NonNullable<NonNullable<Options['access']>['authorization']>, readonly unknown[]>

/** Flags of kube-apiserver that change its behaviour here, with their values in kubeadm's manifest. */
const DEFAULTS: Readonly<Record<string, string>> = {
  'authorization-mode': 'Node,RBAC',
  'authorization-policy-file': '',
  'token-auth-file': '',
  'anonymous-auth': 'true',
}

/**
 * Configures the starting apiserver as its flags say: authentication (`--token-auth-file`,
 * `--anonymous-auth`) and authorization (`--authorization-mode`, ABAC's policy file). Flags with kubeadm's
 * values leave the cluster's options unchanged.
 */
export function applyFlags(machine: HostMachine, { flags, onMachine }: ReadManifest): void {
  const {
    cluster,
    hosts: { state },
  } = machine
  const fileOf = (flag: string): string => {
    const path = flags.get(flag)
    return path === undefined ? '' : (machine.files.text(onMachine(path) ?? path) ?? '')
  }
  const tokens = flags.get('token-auth-file')
  // the apiserver reads the file only once, at its start
  if (tokens !== undefined) cluster.pki.write(tokens, fileOf('token-auth-file'))
  const values = Object.fromEntries(
    Object.entries(DEFAULTS).map(([name, usual]) => [
      name,
      flags.get(name) ?? (name === 'authorization-mode' ? 'AlwaysAllow' : usual),
    ]),
  )
  const heeded = JSON.stringify([values, fileOf('authorization-policy-file')])
  const before = state.heededFlags ?? JSON.stringify([DEFAULTS, ''])
  if (heeded === before) return
  state.heededFlags = heeded
  const {
    anonymous: _anonymous,
    tokenFile: _tokens,
    ...others
  } = cluster.internals.options.access?.authentication ?? {}
  cluster.rewind(cluster.snapshot(), {
    access: {
      authorization: modesFrom(values['authorization-mode'] ?? '', fileOf('authorization-policy-file')),
      authentication: {
        ...others,
        ...(values['anonymous-auth'] === 'false' ? { anonymous: false } : {}),
        ...(tokens === undefined ? {} : { tokenFile: tokens }),
      },
    },
  })
}

/** Leaves webhooks out: a webhook that is named in a file cannot be called here. */
function modesFrom(text: string, policies: string): Mode | readonly Mode[] {
  if (text === 'Node,RBAC') return 'RBAC'
  const modes = text.split(',').flatMap((name): readonly Mode[] => {
    if (name === 'ABAC') return [{ type: 'ABAC', policies }]
    return name === 'Node' || name === 'RBAC' || name === 'AlwaysAllow' || name === 'AlwaysDeny' ? [name] : []
  })
  return modes.length === 0 ? ['AlwaysDeny'] : modes
}
