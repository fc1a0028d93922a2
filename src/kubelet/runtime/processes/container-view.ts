import { firstNamed } from '../../../lang/bounds/named.js'
import type { Container, Pod } from '../../../api/core/generated.js'
import { podHostname, type PodHostname } from '../../../api/core/pods/pod-hostname.js'
import type { FileUser } from '../../../shell/files/file-system.js'
import type { ImageFacts } from '../../images/image-table.js'
import { effectiveCapabilities } from '../../security-context/capabilities.js'
import { effectiveIdentity } from '../../security-context/identity.js'
import type { RuntimeContainer, RuntimePod, RuntimeState } from '../state.js'
import type { MachineDependencies } from '../machine-dependencies.js'

/** One container with everything that its processes may see. */
export interface ContainerView {
  readonly state: RuntimeState
  readonly sandbox: RuntimePod
  readonly container: RuntimeContainer
  readonly image: ImageFacts
  readonly surroundings: MachineDependencies
  readonly now: number
}

/** The pod of containers that are left when nothing else of it is known. */
export const NO_POD: Pod = { metadata: {}, spec: { containers: [] }, status: {} } as unknown as Pod
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** The container's spec; undefined if the pod no longer has it. */
export function containerSpec(pod: Pod | undefined, name: string): Container | undefined {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = pod?.spec ?? {}
  return (
    firstNamed(containers, name) ??
    firstNamed(initContainers, name) ??
    firstNamed(ephemeralContainers as readonly Container[], name)
  )
}

/** The whole environment of a container: the variables of services, of the image, and of the spec. */
export function environmentOf({
  sandbox,
  container,
  image,
  surroundings,
}: ContainerView): Readonly<Record<string, string>> {
  const { pod } = sandbox
  return {
    PATH,
    HOSTNAME: hostnameOf(sandbox).kernelName,
    ...image.env,
    ...(pod ? surroundings.serviceEnv(pod, container.createdAt) : {}),
    ...container.env,
    HOME:
      container.env?.['HOME'] ??
      image.env?.['HOME'] ??
      (userOf({ sandbox, container, image }).uid === 0 ? '/root' : '/'),
  }
}

/** Working directory of a container's first process. */
export function workingDirectory({ sandbox, container, image }: ContainerView): string {
  return containerSpec(sandbox.pod, container.name)?.workingDir || image.workingDir || '/'
}

/**
 * User of a container's processes: by the container's security context, or else the pod's, or else the image.
 */
export function userOf({
  sandbox,
  container,
  image,
}: Pick<ContainerView, 'sandbox' | 'container' | 'image'>): FileUser {
  const spec = containerSpec(sandbox.pod, container.name) ?? {}
  const { uid, gid, groups } = effectiveIdentity(sandbox.pod ?? NO_POD, spec, image)
  const { effective } = effectiveCapabilities(spec, uid.value).value
  return {
    uid: uid.value,
    gid: gid.value,
    groups: groups.map(({ value }) => value),
    overrides: effective.includes('DAC_OVERRIDE'),
  }
}

/** How the pod is called in its containers; in the host network, as its node is. */
export function hostnameOf({ name, pod }: RuntimePod): PodHostname {
  if (pod !== undefined && pod.spec.hostNetwork !== true) return podHostname(pod)
  const hostname = pod?.spec.nodeName ?? name
  return { hostname, kernelName: hostname }
}
