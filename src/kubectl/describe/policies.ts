import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../../api/networking/generated.js'
import type { PodDisruptionBudget } from '../../api/policy/generated.js'
import type { PriorityClass } from '../../api/scheduling/generated.js'
import { formatLabels } from '../../api/labels.js'
import type { DescribeContext } from './describer.js'
import { writeNames, writeObjectEvents } from './describer.js'
import { writeAnnotations, writeLabels } from './metadata.js'
import { selectorText } from './workloads.js'
import type { DescriptionWriter } from './writer.js'

/** `kubectl describe poddisruptionbudget`. Source: kubectl pkg/describe describePodDisruptionBudgetV1. */
export function describeBudget(
  out: DescriptionWriter,
  budget: PodDisruptionBudget,
  context: DescribeContext,
): void {
  const { spec, status } = budget
  writeNames(out, budget)
  if (spec?.minAvailable !== undefined) out.line(0, `Min available:\t${spec.minAvailable}`)
  else if (spec?.maxUnavailable !== undefined) out.line(0, `Max unavailable:\t${spec.maxUnavailable}`)
  out.line(0, `Selector:\t${spec?.selector === undefined ? '<unset>' : selectorText(spec.selector)}`)
  out.line(0, 'Status:')
  out.line(2, `Allowed disruptions:\t${status?.disruptionsAllowed ?? 0}`)
  out.line(2, `Current:\t${status?.currentHealthy ?? 0}`)
  out.line(2, `Desired:\t${status?.desiredHealthy ?? 0}`)
  out.line(2, `Total:\t${status?.expectedPods ?? 0}`)
  writeObjectEvents(out, budget, context)
}

/** `kubectl describe priorityclass`. Source: kubectl pkg/describe describePriorityClass. */
export function describePriorityClass(
  out: DescriptionWriter,
  priority: PriorityClass,
  context: DescribeContext,
): void {
  const { metadata, value, globalDefault = false, preemptionPolicy = '', description = '' } = priority
  out.line(0, `Name:\t${metadata.name ?? ''}`)
  out.line(0, `Value:\t${value}`)
  out.line(0, `GlobalDefault:\t${globalDefault}`)
  out.line(0, `PreemptionPolicy:\t${preemptionPolicy}`)
  out.line(0, `Description:\t${description}`)
  out.line(0, `Annotations:\t${formatLabels(metadata.annotations)}`)
  writeObjectEvents(out, priority, context)
}

/** `kubectl describe networkpolicy`. Source: kubectl pkg/describe describeNetworkPolicy. */
export function describeNetworkPolicy(out: DescriptionWriter, policy: NetworkPolicy): void {
  const { metadata, spec } = policy
  writeNames(out, policy)
  out.line(0, `Created on:\t${localTime(metadata.creationTimestamp)}`)
  writeLabels(out, 'Labels', metadata.labels)
  writeAnnotations(out, metadata.annotations)
  out.line(0, 'Spec:')
  const { podSelector, policyTypes = [], ingress = [], egress = [] } = spec ?? { podSelector: {} }
  const selector = selectorText(podSelector)
  out.line(
    1,
    'PodSelector:     ' +
      (selector === '<none>'
        ? '<none> (Allowing the specific traffic to all pods in this namespace)'
        : selector),
  )
  if (policyTypes.includes('Ingress')) {
    out.line(1, 'Allowing ingress traffic:')
    writeRules(out, { ...INGRESS, rules: ingress.map(({ ports, from }) => ({ ports, peers: from })) })
  } else out.line(1, 'Not affecting ingress traffic')
  if (policyTypes.includes('Egress')) {
    out.line(1, 'Allowing egress traffic:')
    writeRules(out, { ...EGRESS, rules: egress.map(({ ports, to }) => ({ ports, peers: to })) })
  } else out.line(1, 'Not affecting egress traffic')
  out.line(1, `Policy Types: ${policyTypes.join(', ') || '<none>'}`)
}

/** `2026-11-24 14:30:11 +0000 UTC`: a time as Go shows it. */
function localTime(text: string | null | undefined): string {
  return typeof text === 'string' ? `${text.replace('T', ' ').replace('Z', '')} +0000 UTC` : '<nil>'
}

interface Direction {
  readonly word: 'From' | 'To'
  readonly any: string
  readonly isolated: string
}

const INGRESS: Direction = { word: 'From', any: 'traffic not restricted by source', isolated: 'ingress' }
const EGRESS: Direction = { word: 'To', any: 'traffic not restricted by destination', isolated: 'egress' }

interface Rules extends Direction {
  readonly rules: readonly {
    readonly ports: readonly NetworkPolicyPort[] | undefined
    readonly peers: readonly NetworkPolicyPeer[] | undefined
  }[]
}

function writeRules(out: DescriptionWriter, { word, any, isolated, rules }: Rules): void {
  if (rules.length === 0) out.line(2, `<none> (Selected pods are isolated for ${isolated} connectivity)`)
  for (const [at, { ports = [], peers = [] }] of rules.entries()) {
    if (ports.length === 0) out.line(2, 'To Port: <any> (traffic allowed to all ports)')
    for (const { port, endPort, protocol = 'TCP' } of ports) {
      const first = port === undefined ? '<nil>' : port
      out.line(
        2,
        endPort === undefined
          ? `To Port: ${first}/${protocol}`
          : `To Port Range: ${first}-${endPort}/${protocol}`,
      )
    }
    if (peers.length === 0) out.line(2, `${word}: <any> (${any})`)
    for (const peer of peers) {
      out.line(2, `${word}:`)
      writePeer(out, peer)
    }
    if (at < rules.length - 1) out.line(2, '----------')
  }
}

function writePeer(
  out: DescriptionWriter,
  { namespaceSelector, podSelector, ipBlock }: NetworkPolicyPeer,
): void {
  if (namespaceSelector !== undefined) out.line(3, `NamespaceSelector: ${selectorText(namespaceSelector)}`)
  if (podSelector !== undefined) out.line(3, `PodSelector: ${selectorText(podSelector)}`)
  if (namespaceSelector !== undefined || podSelector !== undefined || ipBlock === undefined) return
  out.line(3, 'IPBlock:')
  out.line(4, `CIDR: ${ipBlock.cidr}`)
  out.line(4, `Except: ${(ipBlock.except ?? []).join(', ')}`)
}
