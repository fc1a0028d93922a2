import type {
  Container,
  EphemeralContainer,
  Pod,
  PodSpec,
  SecurityContext,
} from '../../api/core/generated.js'
import { containersOf } from '../../api/core/pods/pod-containers.js'
import type { CommandLine } from '../call/call.js'
import { KubectlError } from '../call/errors.js'

/** How a target is debugged: in a container of the pod, in a copy of it, or in a pod on the node. */
export type DebugStyle = 'ephemeral' | 'copy' | 'node'

/** A pod, and its container for debugging. */
export interface Debugged {
  readonly pod: Pod
  /** Name of the container; '' if only images were set. */
  readonly container: string
}

/** What a profile does. Copies under all but `legacy` lose what the `--keep` flags do not keep. */
interface Profile {
  /** Changes the security context of the container. */
  readonly secure: (context: SecurityContext | undefined, style: DebugStyle) => SecurityContext | undefined
  /** Whether a pod on a node uses the node's namespaces. */
  readonly usesHost: boolean
  /** Whether a pod on a node mounts the node's root. */
  readonly mountsRoot: boolean
}

const withCapabilities = (
  context: SecurityContext | undefined,
  ...names: readonly string[]
): SecurityContext => ({
  ...context,
  capabilities: { ...context?.capabilities, add: [...(context?.capabilities?.add ?? []), ...names] },
})

/** Source: kubectl pkg/cmd/debug/profiles.go. */
const PROFILES: ReadonlyMap<string, Profile> = new Map<string, Profile>([
  ['legacy', { secure: (context) => context, usesHost: true, mountsRoot: true }],
  [
    'general',
    {
      secure: (context, style) => (style === 'node' ? undefined : withCapabilities(context, 'SYS_PTRACE')),
      usesHost: true,
      mountsRoot: true,
    },
  ],
  ['baseline', { secure: () => undefined, usesHost: false, mountsRoot: false }],
  [
    'restricted',
    {
      secure: () => ({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      }),
      usesHost: false,
      mountsRoot: false,
    },
  ],
  [
    'netadmin',
    {
      secure: (context) => withCapabilities(context, 'NET_ADMIN', 'NET_RAW'),
      usesHost: true,
      mountsRoot: false,
    },
  ],
  ['sysadmin', { secure: (context) => ({ ...context, privileged: true }), usesHost: true, mountsRoot: true }],
])

/** Whether there is a profile of that name. */
export const isProfile = (name: string): boolean => PROFILES.has(name)

function profileOf({ flags }: CommandLine): Profile {
  const name = flags.string('profile')
  const profile = PROFILES.get(name)
  if (profile === undefined) throw new KubectlError(`unknown profile: ${name}`)
  return profile
}

/** Changes the container of that name, of whatever sort it is. */
function withContainer(
  spec: PodSpec,
  name: string,
  change: <T extends Container | EphemeralContainer>(container: T) => T,
): PodSpec {
  const changed = <T extends Container | EphemeralContainer>(one: T): T =>
    one.name === name ? change(one) : one
  const { initContainers, ephemeralContainers } = spec
  return {
    ...spec,
    containers: spec.containers.map(changed),
    ...(initContainers === undefined ? {} : { initContainers: initContainers.map(changed) }),
    ...(ephemeralContainers === undefined ? {} : { ephemeralContainers: ephemeralContainers.map(changed) }),
  }
}

/** Gives the container the rights of the profile. */
function secured(call: CommandLine, spec: PodSpec, name: string, style: DebugStyle): PodSpec {
  const { secure } = profileOf(call)
  return withContainer(spec, name, (container) => {
    const { securityContext: before, ...rest } = container
    const after = secure(before, style)
    return { ...rest, ...(after === undefined ? {} : { securityContext: after }) } as typeof container
  })
}

/** Returns the container that the flags describe. */
function newContainer({ flags }: CommandLine, name: string, command: readonly string[]): Container {
  const policy = flags.string('image-pull-policy')
  const env = envOf(flags.strings('env'))
  return {
    name,
    image: flags.string('image'),
    ...(command.length === 0 ? {} : flags.bool('arguments-only') ? { args: command } : { command }),
    ...(env.length === 0 ? {} : { env }),
    ...(policy === '' ? {} : { imagePullPolicy: policy }),
    ...(flags.bool('stdin') ? { stdin: true } : {}),
    ...(flags.bool('tty') ? { tty: true } : {}),
    terminationMessagePolicy: 'File',
  } as Container // the server fills in the rest
}

const envOf = (texts: readonly string[]): readonly { readonly name: string; readonly value: string }[] =>
  texts.map((text) => {
    const at = text.indexOf('=')
    return { name: text.slice(0, at), value: text.slice(at + 1) }
  })

/**
 * Returns a pod with one more ephemeral container. Source: kubectl pkg/cmd/debug generateDebugContainer.
 */
export function withDebugContainer(
  call: CommandLine,
  pod: Pod,
  name: string,
  command: readonly string[],
): Debugged {
  const target = call.flags.string('target')
  const added: EphemeralContainer = {
    ...newContainer(call, name, command),
    ...(target === '' ? {} : { targetContainerName: target }),
  }
  const spec = { ...pod.spec, ephemeralContainers: [...(pod.spec.ephemeralContainers ?? []), added] }
  return { container: name, pod: { ...pod, spec: secured(call, spec, name, 'ephemeral') } }
}

/**
 * Returns a copy of a pod with an added or changed container. `nameFor` names a new container. Source:
 * kubectl pkg/cmd/debug generatePodCopyWithDebugContainer.
 */
export function copyOfPod(
  call: CommandLine,
  pod: Pod,
  nameFor: () => string,
  command: readonly string[],
): Debugged {
  const { flags } = call
  const { labels, annotations, namespace } = pod.metadata
  const { nodeName, ephemeralContainers: _, ...rest } = pod.spec
  const images = new Map(envOf(flags.strings('set-image')).map(({ name, value }) => [name, value]))
  const spec: PodSpec = {
    ...rest,
    containers: rest.containers.map((one) => {
      const image = images.get(one.name) ?? images.get('*')
      return image === undefined ? one : { ...one, image }
    }),
    ...(flags.has('share-processes') ? { shareProcessNamespace: flags.bool('share-processes') } : {}),
    ...(flags.bool('same-node') && nodeName !== undefined ? { nodeName } : {}),
  }
  const metadata = {
    name: flags.string('copy-to'),
    ...(namespace === undefined ? {} : { namespace }),
    ...(annotations === undefined ? {} : { annotations }),
    ...(labels === undefined ? {} : { labels }),
  }
  const given = flags.string('container')
  const isKnown = containersOf({ spec }).some(({ name }) => name === given)
  if (!isKnown && flags.string('image') === '') {
    if (images.size > 0) return { container: '', pod: { ...pod, metadata, spec, status: {} } }
    throw new KubectlError('you must specify image when creating new container')
  }
  const name = isKnown ? given : given || nameFor()
  const changed = isKnown
    ? withContainer(spec, name, (one) => changedContainer(call, one, command))
    : { ...spec, containers: [...spec.containers, newContainer(call, name, command)] }
  const copy: Pod = { ...pod, metadata, spec: secured(call, changed, name, 'copy'), status: {} }
  return { container: name, pod: isLegacy(call) ? withoutLabels(copy) : reduced(call, copy) }
}

const isLegacy = ({ flags }: CommandLine): boolean => flags.string('profile') === 'legacy'

function changedContainer<T extends Container | EphemeralContainer>(
  call: CommandLine,
  container: T,
  command: readonly string[],
): T {
  const { name: _, terminationMessagePolicy: __, ...wanted } = newContainer(call, container.name, command)
  const { args, stdin: ___, tty: ____, ...before } = container
  const keepsArgs = args !== undefined && (command.length === 0 || call.flags.bool('arguments-only'))
  return {
    ...before,
    ...(keepsArgs ? { args } : {}),
    ...wanted,
    image: call.flags.string('image') || container.image,
  } as T
}

const withoutLabels = (pod: Pod): Pod => {
  const { labels: _, ...metadata } = pod.metadata
  return { ...pod, metadata }
}

/** Takes from a copy what would restart it or give it away, unless a `--keep` flag keeps it. */
function reduced({ flags }: CommandLine, pod: Pod): Pod {
  const { labels, annotations, ...metadata } = pod.metadata
  const { initContainers, ...spec } = pod.spec
  return {
    ...pod,
    metadata: {
      ...metadata,
      ...(labels !== undefined && flags.bool('keep-labels') ? { labels } : {}),
      ...(annotations !== undefined && flags.bool('keep-annotations') ? { annotations } : {}),
    },
    spec: {
      ...spec,
      ...(initContainers !== undefined && flags.bool('keep-init-containers') ? { initContainers } : {}),
      containers: spec.containers.map((container) => {
        const { livenessProbe, readinessProbe, startupProbe, ...rest } = container
        return {
          ...rest,
          ...(livenessProbe !== undefined && flags.bool('keep-liveness') ? { livenessProbe } : {}),
          ...(readinessProbe !== undefined && flags.bool('keep-readiness') ? { readinessProbe } : {}),
          ...(startupProbe !== undefined && flags.bool('keep-startup') ? { startupProbe } : {}),
        }
      }),
      shareProcessNamespace: spec.shareProcessNamespace ?? true,
    },
  }
}

/** Returns a pod on a node with access to the machine. Source: kubectl pkg/cmd/debug generateNodeDebugPod. */
export function nodePod(
  call: CommandLine,
  { name, node }: { readonly name: string; readonly node: string },
  command: readonly string[],
): Debugged {
  const { usesHost, mountsRoot } = profileOf(call)
  const container = call.flags.string('container') || 'debugger'
  const own = newContainer(call, container, command)
  const spec: PodSpec = {
    containers: [mountsRoot ? { ...own, volumeMounts: [{ name: 'host-root', mountPath: '/host' }] } : own],
    ...(mountsRoot ? { volumes: [{ name: 'host-root', hostPath: { path: '/' } }] } : {}),
    ...(usesHost ? { hostIPC: true, hostNetwork: true, hostPID: true } : {}),
    nodeName: node,
    restartPolicy: 'Never',
    tolerations: [{ operator: 'Exists' }],
    // what the server would fill in
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
  }
  const metadata = {
    name,
    namespace: call.namespace,
    labels: { 'app.kubernetes.io/managed-by': 'kubectl-debug' },
  }
  return { container, pod: { metadata, spec: secured(call, spec, container, 'node'), status: {} } }
}

/**
 * Whether a pod runs as another user than root, so that what the profile grants to the container may be of no
 * use. Source: kubectl pkg/cmd/debug displayWarning.
 */
export function isGrantedInVain({ pod: { spec }, container }: Debugged): boolean {
  const context = containersOf({ spec }).find(({ name }) => name === container)?.securityContext
  return (
    (spec.securityContext?.runAsUser ?? 0) !== 0 &&
    context !== undefined &&
    context.runAsUser !== 0 &&
    (context.privileged === true || (context.capabilities?.add ?? []).length > 0)
  )
}
