import type { BuiltInResource } from '../client/resources.js'
import type { SimCluster } from '../cluster/sim-cluster.js'
import { DESCRIPTION, TabWriter } from '../lang/text/tabwriter.js'
import type { ConnectionVerdict, World } from '../netpol/index.js'
import { formatProof as formatPolicyProof, reachability, worldOf } from '../netpol/index.js'
import { formatProof as formatAccessProof } from '../rbac/index.js'
import type { Question } from './chapter.js'
import type { Language } from '../lang/text/phrases.js'

const table = (rows: readonly (readonly string[])[]): string =>
  new TabWriter(DESCRIPTION).format(rows.map((cells) => cells.join('\t')).join('\n')).replaceAll(/ +$/gm, '')

type Answer = (cluster: SimCluster, words: readonly string[], lang: Language) => string

/** What is said of a cluster without fault. */
export const WITHIN_SKEW = {
  en: 'every component is within the version skew policy',
  ko: '모든 컴포넌트가 버전 차이 정책을 지킵니다',
}
const NETWORK = {
  en: {
    services: 'Services',
    allowed: 'Allowed by the policies',
    everyNode: (port: number) => `every node: ${port}`,
    nothing: 'nothing',
  },
  ko: {
    services: '서비스',
    allowed: '정책이 허용하는 연결',
    everyNode: (port: number) => `모든 노드: ${port}`,
    nothing: '없음',
  },
}
/** What is said of an object that is as wanted. */
export const LACKS_NOTHING = { en: 'lacks nothing', ko: '부족한 것이 없습니다' }

const ANSWERS: Readonly<Record<Question, Answer>> = {
  /** Every gate of the release, and whether it is on. */
  'feature-gates': ({ versions }) =>
    table(versions.featureGates().map(({ name, stage, enabled }) => [name, stage, enabled ? 'on' : 'off'])),

  /** Which component has which version. */
  components: ({ versions }) =>
    table(versions.components().map(({ component, version, node = '' }) => [component, version, node])),

  /** Components that are too old or too new for the apiserver. */
  skew: ({ versions }, _, lang) =>
    table(versions.skew().map(({ component, version, rule }) => [component, version, rule])) ||
    WITHIN_SKEW[lang],

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
  can: (cluster, [user = '', verb = '', resource = '', namespace], lang) =>
    formatAccessProof(cluster.can({ user }, verb, resource, namespace === undefined ? {} : { namespace }), {
      lang,
    }),

  /** `connect FROM TO PORT`: every hop, with the policies that decide. */
  connect: (cluster, [from = '', to = '', port = ''], lang) =>
    connectionText(cluster, { from, to, port: Number(port) }, lang),

  /** Who reaches whom on which port, by the policies. */
  matrix: (cluster, _, lang) =>
    reachability(ownWorld(cluster), { outside: false }).toText({ lang }).trimEnd(),

  /** Nodes with their pods, Services with their ways, and the connections that policies leave open. */
  network: (cluster, _, lang) => networkText(cluster, lang),

  /** `why RESOURCE NAME`: why an object is not as wanted. */
  why: (cluster, [resource = '', name = ''], lang) =>
    cluster.why(resource as BuiltInResource, name, { lang }) || `${resource} ${name}: ${LACKS_NOTHING[lang]}`,
}

/**
 * Answers a question of the course as text: `askCluster(cluster, 'can gasbugs list pods office')`. `lang` is
 * the language of what the answer says itself.
 * @throws ApiError if an object that the question names does not exist
 */
export function askCluster(cluster: SimCluster, question: string, lang: Language = 'en'): string {
  const [name = '', ...words] = question.split(' ')
  return ANSWERS[name as Question](cluster, words, lang)
}

interface Asked {
  readonly from: string
  readonly to: string
  readonly port: number
}

function connectionText(cluster: SimCluster, { from, to, port }: Asked, lang: Language): string {
  const { outcome, proof } = cluster.network.connect({ from, to, port })
  const hops = proof.flatMap((hop): readonly string[] => {
    if (hop.hop === 'dns') return [`dns: ${hop.name} ${hop.rcode} ${hop.addresses.join(', ')}`]
    if (hop.hop === 'kube-proxy')
      return [`kube-proxy: Service ${hop.service} -> ${hop.chosen ?? hop.verdict}`]
    if (hop.hop !== 'policy' || hop.proof === undefined) return []
    return formatPolicyProof(hop as unknown as ConnectionVerdict, { lang }).split('\n')
  })
  return [`${from} -> ${to}:${port}: ${outcome}`, ...hops.map((line) => `  ${line}`)].join('\n')
}

/** Namespaces of the system are left out: the picture is of what somebody has built. */
const isOwn = ({ metadata }: { readonly metadata: { readonly namespace?: string | undefined } }): boolean =>
  !(metadata.namespace ?? '').startsWith('kube-')

/** The cluster as policies see it, with the pods of {@link isOwn} only. */
function ownWorld(cluster: SimCluster): World {
  const world = worldOf(cluster)
  return { ...world, pods: world.pods?.filter(isOwn) ?? [] }
}

function networkText(cluster: SimCluster, lang: Language): string {
  const say = NETWORK[lang]
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
      each.nodePort === undefined ? `${each.port}` : `${each.port} (${say.everyNode(each.nodePort)})`,
    )
    return `  ${namespace}/${name}:${ports.join(',')} -> ${targets.map(nameOf).join(', ') || say.nothing}`
  })
  return [
    ...nodes.flat(),
    say.services,
    ...ways,
    say.allowed,
    ...reachability(ownWorld(cluster))
      .toText({ lang })
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`),
  ].join('\n')
}
