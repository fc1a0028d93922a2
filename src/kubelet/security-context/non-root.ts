import type { Container, Pod } from '../../api/core/generated.js'
import type { Decided } from './decided.js'
import { firstOf } from './decided.js'

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
 * Why the kubelet does not make a container that must not run as root; undefined when it does. `user` is what
 * the image says, undefined where that is not known; `shownPod` is `name_namespace(uid)`. Source:
 * pkg/kubelet/kuberuntime/security_context_others.go verifyRunAsNonRoot.
 */
export function nonRootFault(
  pod: Pod,
  container: Pick<Container, 'name' | 'securityContext'>,
  user: string | undefined,
  shownPod: string,
): string | undefined {
  if (!mustBeNonRoot(pod, container).value) return undefined
  const where = `(pod: ${JSON.stringify(shownPod)}, container: ${container.name})`
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
