import type { Container, PodSpec } from '../../api/core/generated.js'

/** Whether an init container is a sidecar. Source: pkg/api/v1/pod/util.go IsRestartableInitContainer. */
export function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always'
}

/**
 * Whether a container that ended with `exitCode` restarts: by the first matching rule of its own, or else by
 * its own policy, or else by the pod's. Source: pkg/kubelet/container/helpers.go ShouldContainerBeRestarted,
 * ContainerShouldRestart.
 */
export function restartsAfter(container: Container, spec: PodSpec, exitCode: number): boolean {
  for (const { action, exitCodes } of container.restartPolicyRules ?? []) {
    const listed = exitCodes?.values?.includes(exitCode) ?? false
    if (exitCodes && (exitCodes.operator === 'NotIn') !== listed) return action === 'Restart'
  }
  const policy = container.restartPolicy ?? spec.restartPolicy ?? 'Always'
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0)
}
