/** Labels and taints of a control plane in a minor. */
export function controlPlaneMarks(minor: number): {
  readonly labels: readonly string[]
  readonly taints: readonly string[]
} {
  const own = 'node-role.kubernetes.io/control-plane'
  const old = 'node-role.kubernetes.io/master'
  return {
    labels: [
      ...(minor < 24 ? [old] : []),
      ...(minor >= 20 ? [own] : []),
      ...(minor >= 20 ? ['node.kubernetes.io/exclude-from-external-load-balancers'] : []),
    ],
    taints: [...(minor === 24 ? [old, own] : minor < 24 ? [old] : [own])],
  }
}
