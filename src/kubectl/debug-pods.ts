import type { Container, Pod, SecurityContext } from '../api/core/generated.js'
import type { CommandLine } from './call.js'
import { KubectlError } from './errors.js'

/** Where a debugging container runs. */
export type DebugStyle = 'ephemeral' | 'copy' | 'node'

const PROFILES: readonly string[] = ['legacy', 'general', 'baseline', 'netadmin', 'restricted', 'sysadmin']

/** Whether there is a profile of that name. */
export const isProfile = (name: string): boolean => PROFILES.includes(name)

/**
 * Returns the container that the flags describe, with the rights of its profile. Source: kubectl
 * pkg/cmd/debug/profiles.go.
 */
export function debugContainer(
  { flags }: CommandLine,
  name: string,
  command: readonly string[],
  style: DebugStyle,
): Container {
  const policy = flags.string('image-pull-policy')
  const security = securityContext(flags.string('profile'), style)
  const env = flags.strings('env').map((text) => {
    const at = text.indexOf('=')
    if (at <= 0) throw new KubectlError(`invalid env: ${text}`)
    return { name: text.slice(0, at), value: text.slice(at + 1) }
  })
  return {
    name,
    image: flags.string('image'),
    ...(command.length === 0 ? {} : flags.bool('arguments-only') ? { args: command } : { command }),
    ...(env.length === 0 ? {} : { env }),
    ...(policy === '' ? {} : { imagePullPolicy: policy }),
    ...(security === undefined ? {} : { securityContext: security }),
    ...(flags.bool('stdin') ? { stdin: true } : {}),
    ...(flags.bool('tty') ? { tty: true } : {}),
    terminationMessagePolicy: 'File',
  } as unknown as Container
}

function securityContext(profile: string, style: DebugStyle): SecurityContext | undefined {
  switch (profile) {
    case 'general':
      return style === 'node' ? undefined : { capabilities: { add: ['SYS_PTRACE'] } }
    case 'restricted':
      return {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      }
    case 'netadmin':
      return { capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } }
    case 'sysadmin':
      return { privileged: true }
    default:
      return undefined
  }
}

/**
 * Returns a copy of a pod with an added or changed container, and that container's name. Source: kubectl
 * pkg/cmd/debug generatePodCopyWithDebugContainer.
 */
export function copyOfPod(
  call: CommandLine,
  pod: Pod,
  name: string,
  command: readonly string[],
): { readonly pod: Pod; readonly container: string } {
  const { flags } = call
  const { labels, annotations } = pod.metadata
  const isLegacy = flags.string('profile') === 'legacy'
  const { nodeName, ephemeralContainers: _, initContainers, ...rest } = pod.spec
  const container = name === '' ? (pod.spec.containers[0]?.name ?? '') : name
  const containers = withDebugContainer(
    call,
    pod.spec.containers.map((one) => withoutProbes(call, withImage(call, one), isLegacy)),
    container,
    command,
  )
  return {
    container,
    pod: {
      metadata: {
        name: flags.string('copy-to'),
        namespace: call.namespace,
        ...(annotations !== undefined && (isLegacy || flags.bool('keep-annotations')) ? { annotations } : {}),
        ...(labels !== undefined && flags.bool('keep-labels') ? { labels } : {}),
      },
      spec: {
        ...rest,
        containers,
        ...(flags.bool('same-node') && nodeName !== undefined ? { nodeName } : {}),
        ...(initContainers !== undefined && flags.bool('keep-init-containers') ? { initContainers } : {}),
        ...(flags.has('share-processes') || containers.length > pod.spec.containers.length
          ? { shareProcessNamespace: flags.bool('share-processes') }
          : {}),
      },
    } as unknown as Pod,
  }
}

/** Applies `--set-image=container=image` or `*=image`. */
function withImage({ flags }: CommandLine, container: Container): Container {
  const images = new Map(
    flags.strings('set-image').map((text) => {
      const at = text.indexOf('=')
      if (at <= 0) throw new KubectlError(`invalid image format ${JSON.stringify(text)}, expected name=image`)
      return [text.slice(0, at), text.slice(at + 1)] as const
    }),
  )
  const image = images.get(container.name) ?? images.get('*')
  return image === undefined ? container : { ...container, image }
}

/** Removes probes, so that a copy is not restarted while it is debugged. */
function withoutProbes({ flags }: CommandLine, container: Container, keepsAll: boolean): Container {
  if (keepsAll) return container
  const { livenessProbe, readinessProbe, startupProbe, ...rest } = container
  return {
    ...rest,
    ...(livenessProbe !== undefined && flags.bool('keep-liveness') ? { livenessProbe } : {}),
    ...(readinessProbe !== undefined && flags.bool('keep-readiness') ? { readinessProbe } : {}),
    ...(startupProbe !== undefined && flags.bool('keep-startup') ? { startupProbe } : {}),
  } as Container
}

function withDebugContainer(
  call: CommandLine,
  containers: readonly Container[],
  name: string,
  command: readonly string[],
): readonly Container[] {
  const { flags } = call
  const at = containers.findIndex((one) => one.name === name)
  if (at < 0) {
    if (flags.string('image') === '')
      throw new KubectlError('you must specify image when creating new container')
    return [...containers, debugContainer(call, name, command, 'copy')]
  }
  return containers.map((one, index) => {
    if (index !== at) return one
    const { args: _, command: __, ...bare } = one
    return {
      ...(command.length === 0
        ? one
        : flags.bool('arguments-only')
          ? { ...one, args: command }
          : { ...bare, command }),
      ...(flags.string('image') === '' ? {} : { image: flags.string('image') }),
      ...(flags.bool('stdin') ? { stdin: true } : {}),
      ...(flags.bool('tty') ? { tty: true } : {}),
    } as Container
  })
}

/** Returns a pod on a node with access to the machine. Source: kubectl pkg/cmd/debug generateNodeDebugPod. */
export function nodePod(
  call: CommandLine,
  { name, node }: { readonly name: string; readonly node: string },
  command: readonly string[],
): Pod {
  const { flags, namespace } = call
  const profile = flags.string('profile')
  const seesMachine = !['baseline', 'restricted'].includes(profile)
  const container = debugContainer(call, flags.string('container') || 'debugger', command, 'node')
  return {
    metadata: { name, namespace, labels: { 'app.kubernetes.io/managed-by': 'kubectl-debug' } },
    spec: {
      ...(seesMachine ? { hostIPC: profile !== 'netadmin', hostNetwork: true, hostPID: true } : {}),
      ...(seesMachine && profile !== 'netadmin'
        ? { volumes: [{ name: 'host-root', hostPath: { path: '/' } }] }
        : {}),
      containers: [
        {
          ...container,
          ...(seesMachine && profile !== 'netadmin'
            ? { volumeMounts: [{ name: 'host-root', mountPath: '/host' }] }
            : {}),
        },
      ],
      nodeName: node,
      restartPolicy: 'Never',
      tolerations: [{ operator: 'Exists' }],
    },
  } as unknown as Pod
}
