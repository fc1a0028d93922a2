type Labels = Readonly<Record<string, string>> | undefined

/** What kubelets may say of their machine. Source: k8s.io/kubelet/pkg/apis/well_known_labels.go. */
const KUBELET_LABELS: ReadonlySet<string> = new Set([
  'kubernetes.io/hostname',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'beta.kubernetes.io/instance-type',
  'node.kubernetes.io/instance-type',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
])
const KUBELET_DOMAINS = ['kubelet.kubernetes.io', 'node.kubernetes.io']
const KUBERNETES_DOMAINS = ['kubernetes.io', 'k8s.io']
const RESTRICTED_DOMAINS = ['node-restriction.kubernetes.io']

/**
 * The labels that differ and that a node may not touch, sorted. `reserved` alone: those of
 * node-restriction.kubernetes.io.
 */
export function forbiddenLabels(
  next: Labels,
  old: Labels,
  reserved: 'all' | 'restricted',
): readonly string[] {
  return differing(next, old)
    .filter(
      (label) =>
        isIn(label, RESTRICTED_DOMAINS) ||
        (reserved === 'all' &&
          isIn(label, KUBERNETES_DOMAINS) &&
          !KUBELET_LABELS.has(label) &&
          !isIn(label, KUBELET_DOMAINS)),
    )
    .sort()
}

function differing(a: Labels = {}, b: Labels = {}): readonly string[] {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].filter((key) => !Object.hasOwn(a, key) || !Object.hasOwn(b, key) || a[key] !== b[key])
}

/** Whether the part before the slash is one of the domains, or below one. */
function isIn(label: string, domains: readonly string[]): boolean {
  const slash = label.indexOf('/')
  const domain = slash < 0 ? '' : label.slice(0, slash)
  return domains.some((one) => domain === one || domain.endsWith(`.${one}`))
}
