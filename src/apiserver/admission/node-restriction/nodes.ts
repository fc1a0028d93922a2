import { quote } from '../../../lang/go/quote.js'
import type { Node } from '../../../api/core/generated.js'
import type { Labels } from '../../../api/selectors/labels.js'
import { semanticEqual } from '../../../api/kind/equal.js'
import type { Minor } from '../../../api/releases.js'
import { type NodeWrite, objectOf, oldOf, refuse } from './check.js'

/** First minor that refuses new nodes with unknown labels of kubernetes.io; before it was only logged. */
const CREATE_LABELS_SINCE: Minor = 19
/** First minor of which every patch release forbids a node to change its ownerReferences. */
const OWNERS_SINCE: Minor = 31

/**
 * Checks a node's write to a Node: only its own, without its taints, owners, and labels that would attract
 * workloads.
 */
export function checkNode(write: NodeWrite): void {
  const {
    node,
    attributes: { name, operation },
  } = write
  if (name !== node) refuse(write, `node ${quote(node)} is not allowed to modify node ${quote(name)}`)
  if (operation === 'CREATE') checkNew(write)
  if (operation === 'UPDATE') checkChanged(write)
}

function checkNew(write: NodeWrite): void {
  const { metadata, spec } = objectOf<Node>(write)
  const node = quote(write.node)
  if (spec?.configSource !== undefined)
    refuse(write, `node ${node} is not allowed to create pods with a non-nil configSource`)
  const labels = forbiddenLabels(
    metadata.labels,
    {},
    write.minor >= CREATE_LABELS_SINCE ? 'all' : 'restricted',
  )
  if (labels.length > 0)
    refuse(write, `node ${node} is not allowed to set the following labels: ${labels.join(', ')}`)
}

function checkChanged(write: NodeWrite): void {
  const [old, next] = [oldOf<Node>(write), objectOf<Node>(write)]
  const node = quote(write.node)
  const source = next.spec?.configSource
  if (source !== undefined && !semanticEqual(source, old.spec?.configSource)) {
    refuse(write, `node ${node} is not allowed to update configSource to a new non-nil configSource`)
  }
  if (!semanticEqual(next.spec?.taints, old.spec?.taints))
    refuse(write, `node ${node} is not allowed to modify taints`)
  if (
    write.minor >= OWNERS_SINCE &&
    !semanticEqual(next.metadata.ownerReferences, old.metadata.ownerReferences)
  ) {
    refuse(write, `node ${node} is not allowed to modify ownerReferences`)
  }
  const labels = forbiddenLabels(next.metadata.labels, old.metadata.labels, 'all')
  if (labels.length > 0) refuse(write, `is not allowed to modify labels: ${labels.join(', ')}`)
}

/**
 * Labels in the domains of Kubernetes that kubelets may set. Source:
 * k8s.io/kubelet/pkg/apis/well_known_labels.go.
 */
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
 * Returns the changed labels that a node must not set, sorted. With `restricted`, only those of
 * node-restriction.kubernetes.io.
 */
export function forbiddenLabels(
  next: Labels | undefined,
  old: Labels | undefined,
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

function differing(a: Labels | undefined = {}, b: Labels | undefined = {}): readonly string[] {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].filter((key) => !Object.hasOwn(a, key) || !Object.hasOwn(b, key) || a[key] !== b[key])
}

/** Whether the part before the slash is one of the domains or a subdomain of one. */
function isIn(label: string, domains: readonly string[]): boolean {
  const slash = label.indexOf('/')
  const domain = slash < 0 ? '' : label.slice(0, slash)
  return domains.some((one) => domain === one || domain.endsWith(`.${one}`))
}
