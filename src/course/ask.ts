import type { BuiltInResource } from '../client/resources.js'
import type { SimCluster } from '../cluster/sim-cluster.js'
import { DESCRIPTION, TabWriter } from '../lang/text/tabwriter.js'
import type { ConnectionVerdict } from '../netpol/index.js'
import { formatProof as formatPolicyProof, reachability, worldOf } from '../netpol/index.js'
import { formatProof as formatAccessProof } from '../rbac/index.js'
import type { Question } from './chapter.js'

const table = (rows: readonly (readonly string[])[]): string =>
  new TabWriter(DESCRIPTION).format(rows.map((cells) => cells.join('\t')).join('\n')).replaceAll(/ +$/gm, '')

const ANSWERS: Readonly<Record<Question, (cluster: SimCluster, words: readonly string[]) => string>> = {
  /** Every gate of the release, and whether it is on. */
  'feature-gates': ({ versions }) =>
    table(versions.featureGates().map(({ name, stage, enabled }) => [name, stage, enabled ? 'on' : 'off'])),

  /** Which component has which version. */
  components: ({ versions }) =>
    table(versions.components().map(({ component, version, node = '' }) => [component, version, node])),

  /** Components that are too old or too new for the apiserver. */
  skew: ({ versions }) =>
    table(versions.skew().map(({ component, version, rule }) => [component, version, rule])) ||
    'every component is within the version skew policy',

  /** The certificates and keys of the control plane and of the kubelets. */
  certificates: ({ pki }) =>
    table([
      ['COMPONENT', 'TYPE', 'PATH', 'CN', 'O', 'ISSUER'],
      ...pki
        .inventory()
        .map(({ component, type, path, commonName, organizations, issuer }) => [
          component,
          type,
          path,
          commonName,
          organizations.join(','),
          issuer,
        ]),
    ]),

  /** `can USER VERB RESOURCE [NAMESPACE]`: the binding and rule that decide. */
  can: (cluster, [user = '', verb = '', resource = '', namespace]) =>
    formatAccessProof(cluster.can({ user }, verb, resource, namespace === undefined ? {} : { namespace })),

  /** `connect FROM TO PORT`: every hop, with the policies that decide. */
  connect: (cluster, [from = '', to = '', port = '']) => connectionText(cluster, from, to, Number(port)),

  /** Who reaches whom on which port, by the policies. */
  matrix: (cluster) => reachability(worldOf(cluster), { outside: false }).toText().trimEnd(),

  /** Nodes with their pods, Services with their ways, and the connections that policies leave open. */
  network: (cluster) => networkText(cluster),

  /** `why RESOURCE NAME`: why an object is not as wanted. */
  why: (cluster, [resource = '', name = '']) =>
    cluster.why(resource as BuiltInResource, name) || `${resource} ${name} lacks nothing`,
}

/**
 * Answers a question of the course as text: `askCluster(cluster, 'can gasbugs list pods office')`.
 * @throws ApiError if an object that the question names does not exist
 */
export function askCluster(cluster: SimCluster, question: string): string {
  const [name = '', ...words] = question.split(' ')
  return ANSWERS[name as Question](cluster, words)
}

function connectionText(cluster: SimCluster, from: string, to: string, port: number): string {
  const { outcome, proof } = cluster.network.connect({ from, to, port })
  const hops = proof.flatMap((hop): readonly string[] => {
    if (hop.hop === 'dns') return [`dns: ${hop.name} ${hop.rcode} ${hop.addresses.join(', ')}`]
    if (hop.hop === 'kube-proxy')
      return [`kube-proxy: Service ${hop.service} -> ${hop.chosen ?? hop.verdict}`]
    if (hop.hop !== 'policy' || hop.proof === undefined) return []
    return formatPolicyProof(hop as unknown as ConnectionVerdict).split('\n')
  })
  return [`${from} -> ${to}:${port}: ${outcome}`, ...hops.map((line) => `  ${line}`)].join('\n')
}

/** Namespaces of the system are left out: the picture is of what somebody has built. */
const isOwn = ({ metadata }: { readonly metadata: { readonly namespace?: string } }): boolean =>
  !(metadata.namespace ?? '').startsWith('kube-')

function networkText(cluster: SimCluster): string {
  const pods = cluster.list('pods').items.filter(isOwn)
  const nameOf = ({ metadata }: (typeof pods)[number]): string =>
    `${metadata.namespace ?? ''}/${metadata.name ?? ''}`
  const nodes = cluster
    .nodes()
    .map(({ name }) => [
      name,
      ...pods
        .filter(({ spec }) => spec.nodeName === name)
        .map((pod) => `  ${nameOf(pod)}  ${pod.status?.podIP ?? ''}`),
    ])
  // a Service without a selector, like the apiserver's, leads to no pod
  const services = cluster.list('services').items.filter((each) => isOwn(each) && each.spec?.selector)
  const ways = services.map(({ metadata: { namespace = '', name = '' }, spec }) => {
    const selected = Object.entries(spec?.selector ?? {})
    const targets = pods.filter(
      ({ metadata }) =>
        metadata.namespace === namespace &&
        selected.every(([key, value]) => metadata.labels?.[key] === value),
    )
    const ports = (spec?.ports ?? []).map((each) =>
      each.nodePort === undefined ? `${each.port}` : `${each.port} (every node: ${each.nodePort})`,
    )
    return `  ${namespace}/${name}:${ports.join(',')} -> ${targets.map(nameOf).join(', ') || 'nothing'}`
  })
  return [
    ...nodes.flat(),
    'Services',
    ...ways,
    'Allowed by the policies',
    ...reachability(worldOf(cluster))
      .toText()
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`),
  ].join('\n')
}
