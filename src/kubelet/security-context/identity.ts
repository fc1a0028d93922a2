import { quote } from '../../lang/go/quote.js'
import type { Container, Pod } from '../../api/core/generated.js'
import type { ImageAccounts } from './accounts.js'
import { accountOf, groupId, groupsWith, imageUser } from './accounts.js'
import type { Decided } from './decided.js'
import { firstOf } from './decided.js'

/** User and groups of a container's processes. */
export interface EffectiveIdentity {
  readonly uid: Decided<number>
  readonly gid: Decided<number>
  /** All groups including {@link gid}, ascending; each with the rule that added it. */
  readonly groups: readonly Decided<number>[]
  /** The group that owns the pod's volumes. */
  readonly fsGroup: Decided<number> | undefined
}

type Contexts = Pick<Container, 'securityContext'>

/**
 * Computes user and groups of a container: by its own security context, or else its pod's, or else the image.
 * Source: pkg/securitycontext/util.go DetermineEffectiveSecurityContext; containerd internal/cri/server
 * container_create.go.
 */
export function effectiveIdentity(pod: Pod, container: Contexts, image: ImageAccounts): EffectiveIdentity {
  const uid = userOf(pod, container, image)
  const gid = groupOf(pod, container, image, uid)
  return { uid, gid, groups: groupsOf(pod, image, uid, gid), fsGroup: fsGroupOf(pod) }
}

function fsGroupOf({ spec }: Pod): Decided<number> | undefined {
  return firstOf({ value: spec.securityContext?.fsGroup, from: 'pod', rule: 'spec.securityContext.fsGroup' })
}

function userOf({ spec }: Pod, { securityContext }: Contexts, image: ImageAccounts): Decided<number> {
  const { user } = imageUser(image)
  const number = /^\d+$/.test(user) ? Number(user) : accountOf(image, user)?.uid
  return (
    firstOf<number>(
      { value: securityContext?.runAsUser, from: 'container', rule: 'securityContext.runAsUser' },
      { value: spec.securityContext?.runAsUser, from: 'pod', rule: 'spec.securityContext.runAsUser' },
      user === '' ? undefined : { value: number, from: 'image', rule: `USER ${image.user ?? ''}` },
    ) ?? { value: 0, from: 'image', rule: 'an image that names no user runs as root' }
  )
}

function groupOf(
  { spec }: Pod,
  { securityContext }: Contexts,
  image: ImageAccounts,
  uid: Decided<number>,
): Decided<number> {
  const { group } = imageUser(image)
  const number = /^\d+$/.test(group) ? Number(group) : groupId(image, group)
  return (
    firstOf<number>(
      { value: securityContext?.runAsGroup, from: 'container', rule: 'securityContext.runAsGroup' },
      { value: spec.securityContext?.runAsGroup, from: 'pod', rule: 'spec.securityContext.runAsGroup' },
      uid.from === 'image' && group !== ''
        ? { value: number, from: 'image', rule: `USER ${image.user ?? ''}` }
        : undefined,
      {
        value: accountOf(image, uid.value)?.gid,
        from: 'image',
        rule: `primary group of uid ${uid.value} in /etc/passwd`,
      },
    ) ?? { value: 0, from: 'runtime', rule: `uid ${uid.value} is not in /etc/passwd: its group is 0` }
  )
}

function groupsOf(
  { spec }: Pod,
  image: ImageAccounts,
  uid: Decided<number>,
  gid: Decided<number>,
): readonly Decided<number>[] {
  const { fsGroup, supplementalGroups = [], supplementalGroupsPolicy = 'Merge' } = spec.securityContext ?? {}
  const name = accountOf(image, uid.value)?.name
  const merged = supplementalGroupsPolicy === 'Merge' && name !== undefined ? groupsWith(image, name) : []
  const all: readonly Decided<number>[] = [
    gid,
    ...(fsGroup === undefined
      ? []
      : [{ value: fsGroup, from: 'pod', rule: 'spec.securityContext.fsGroup' } as const]),
    ...supplementalGroups.map(
      (value) => ({ value, from: 'pod', rule: 'spec.securityContext.supplementalGroups' }) as const,
    ),
    ...merged.map((value) => ({ value, from: 'image', rule: `/etc/group names ${name ?? ''}` }) as const),
  ]
  const seen = new Map<number, Decided<number>>()
  for (const group of all) if (!seen.has(group.value)) seen.set(group.value, group)
  return [...seen.values()].sort((a, b) => a.value - b.value)
}

/** First minor whose kubelets support runAsGroup (feature RunAsGroup, alpha and off before). */
const RUN_AS_GROUP_SINCE = 14

/** Removes fields that a kubelet of that minor does not support. */
export function withSupportedFields(pod: Pod, minor: number): Pod {
  if (minor >= RUN_AS_GROUP_SINCE) return pod
  const { spec } = pod
  const all = [spec, ...spec.containers, ...(spec.initContainers ?? [])]
  if (all.every(({ securityContext }) => securityContext?.runAsGroup === undefined)) return pod
  return {
    ...pod,
    spec: {
      ...withoutGroup(spec),
      containers: spec.containers.map(withoutGroup),
      ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(withoutGroup) }),
    },
  }
}

function withoutGroup<T extends { readonly securityContext?: { readonly runAsGroup?: number } }>(part: T): T {
  if (part.securityContext?.runAsGroup === undefined) return part
  const { runAsGroup: _ignored, ...securityContext } = part.securityContext
  return { ...part, securityContext }
}

/** Whether a container must not run as root. */
export function mustBeNonRoot(
  { spec }: Pod,
  { securityContext }: Pick<Container, 'securityContext'>,
): Decided<boolean> {
  return (
    firstOf<boolean>(
      { value: securityContext?.runAsNonRoot, from: 'container', rule: 'securityContext.runAsNonRoot' },
      { value: spec.securityContext?.runAsNonRoot, from: 'pod', rule: 'spec.securityContext.runAsNonRoot' },
    ) ?? { value: false, from: 'runtime', rule: 'nobody asks for it' }
  )
}

/**
 * Returns why the kubelet refuses to make a container that must not run as root; undefined if it makes it.
 * `user` is the image's, undefined if unknown; `shownPod` is `name_namespace(uid)`. Source:
 * pkg/kubelet/kuberuntime/security_context_others.go verifyRunAsNonRoot.
 */
export function nonRootFault(
  pod: Pod,
  container: Pick<Container, 'name' | 'securityContext'>,
  user: string | undefined,
  shownPod: string,
): string | undefined {
  if (!mustBeNonRoot(pod, container).value) return undefined
  const where = `(pod: ${quote(shownPod)}, container: ${container.name})`
  const uid = container.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser
  if (uid !== undefined)
    return uid === 0 ? `container's runAsUser breaks non-root policy ${where}` : undefined
  if (user === undefined) return undefined
  const [name = ''] = user.split(':')
  if (name === '' || /^0+$/.test(name))
    return `container has runAsNonRoot and image will run as root ${where}`
  return /^\d+$/.test(name)
    ? undefined
    : `container has runAsNonRoot and image has non-numeric user (${name}), cannot verify user is ` +
        `non-root ${where}`
}
