import type { Node, Pod } from '../../api/core/generated.js'
import type { ResourceAmounts } from '../../api/core/pods/pod-resources.js'
import { podLimits, podRequests, resourceAmounts } from '../../api/core/pods/pod-resources.js'
import { ageText } from '../../lang/go/duration.js'
import type { QuantityFormat } from '../../api/quantity.js'
import { formatQuantity, parseQuantity } from '../../api/quantity.js'
import { isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import type { DescribeContext } from './describer.js'
import { eventsAbout, writeEvents } from './events.js'
import type { DescriptionWriter } from './writer.js'
import { longTime, writeAnnotations, writeLabels, writeList } from './writer.js'
import { byKey } from '../../lang/text/order.js'

/** `kubectl describe node`. Source: kubectl pkg/describe describeNode. */
export function describeNode(
  out: DescriptionWriter,
  node: Node,
  { client, now, withEvents, release }: DescribeContext,
): void {
  const { metadata, spec } = node
  out.line(0, `Name:\t${metadata.name ?? ''}`)
  out.line(0, `Roles:\t${rolesOf(node)}`)
  writeLabels(out, 'Labels', metadata.labels)
  writeAnnotations(out, metadata.annotations)
  out.line(0, `CreationTimestamp:\t${longTime(metadata.creationTimestamp)}`)
  writeTaints(out, node)
  out.line(0, `Unschedulable:\t${spec.unschedulable ?? false}`)
  writeLease(out, client, metadata.name ?? '')
  writeConditions(out, node)
  writeStatus(out, node)
  writePods(out, client, node, now)
  if (withEvents) writeEvents(out, nodeEvents(client, node), { now, namesField: release.namesFieldOfEvents })
}

const ROLE = 'node-role.kubernetes.io/'

function rolesOf({ metadata }: Node): string {
  const roles = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith(ROLE)) return key.length > ROLE.length ? [key.slice(ROLE.length)] : []
    return key === 'kubernetes.io/role' && value !== '' ? [value] : []
  })
  return roles.length === 0 ? '<none>' : [...new Set(roles)].sort().join(',')
}

function writeTaints(out: DescriptionWriter, { spec }: Node): void {
  const sorted = (spec.taints ?? []).toSorted((a, b) =>
    `${a.effect},${a.key}` < `${b.effect},${b.key}` ? -1 : 1,
  )
  writeList(
    out,
    'Taints',
    sorted.map(({ key, value = '', effect }) => `${value === '' ? key : `${key}=${value}`}:${effect}`),
  )
}

function writeLease(out: DescriptionWriter, client: Client, name: string): void {
  try {
    const { spec } = client.get('leases', { name, namespace: 'kube-node-lease' })
    const time = (text: string | null | undefined): string =>
      text === undefined || text === null ? '<unset>' : longTime(text)
    out.line(0, 'Lease:')
    out.line(1, `HolderIdentity:\t${spec?.holderIdentity ?? '<unset>'}`)
    out.line(1, `AcquireTime:\t${time(spec?.acquireTime)}`)
    out.line(1, `RenewTime:\t${time(spec?.renewTime)}`)
  } catch (error) {
    if (!isApiError(error)) throw error
    out.line(0, `Lease:\tFailed to get lease: ${error.message}`)
  }
}

function writeConditions(out: DescriptionWriter, { status }: Node): void {
  const { conditions = [] } = status
  if (conditions.length === 0) return
  out.line(0, 'Conditions:')
  out.line(1, 'Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage')
  out.line(1, '----\t------\t-----------------\t------------------\t------\t-------')
  for (const {
    type,
    status: value,
    lastHeartbeatTime,
    lastTransitionTime,
    reason = '',
    message = '',
  } of conditions) {
    out.line(
      1,
      `${type} \t${value} \t${longTime(lastHeartbeatTime)} \t${longTime(lastTransitionTime)} ` +
        `\t${reason} \t${message}`,
    )
  }
}

function writeStatus(out: DescriptionWriter, { spec, status }: Node): void {
  out.line(0, 'Addresses:')
  for (const { type, address } of status.addresses ?? []) out.line(1, `${type}:\t${address}`)
  for (const [title, list] of [
    ['Capacity', status.capacity],
    ['Allocatable', status.allocatable],
  ] as const) {
    const entries = Object.entries(list ?? {}).sort(byKey)
    if (entries.length > 0) out.line(0, `${title}:`)
    for (const [name, quantity] of entries) out.line(1, `${name}:\t${quantity}`)
  }
  const { nodeInfo } = status
  out.line(0, 'System Info:')
  for (const [title, value] of [
    ['Machine ID', nodeInfo.machineID],
    ['System UUID', nodeInfo.systemUUID],
    ['Boot ID', nodeInfo.bootID],
    ['Kernel Version', nodeInfo.kernelVersion],
    ['OS Image', nodeInfo.osImage],
    ['Operating System', nodeInfo.operatingSystem],
    ['Architecture', nodeInfo.architecture],
    ['Container Runtime Version', nodeInfo.containerRuntimeVersion],
    ['Kubelet Version', nodeInfo.kubeletVersion],
    ['Kube-Proxy Version', nodeInfo.kubeProxyVersion],
  ])
    out.line(1, `${title}:\t${value}`)
  if ((spec.podCIDR ?? '') !== '') out.line(0, `PodCIDR:\t${spec.podCIDR}`)
  if ((spec.podCIDRs ?? []).length > 0) out.line(0, `PodCIDRs:\t${spec.podCIDRs?.join(',')}`)
  if ((spec.providerID ?? '') !== '') out.line(0, `ProviderID:\t${spec.providerID}`)
}

function writePods(out: DescriptionWriter, client: Client, node: Node, now: number): void {
  const pods = podsOf(client, node.metadata.name ?? '')
  if (pods === undefined) {
    out.line(0, 'Pods:\tnot authorized')
    return
  }
  const { capacity, allocatable } = node.status
  const available = resourceAmounts(Object.keys(allocatable ?? {}).length > 0 ? allocatable : capacity)
  out.line(0, `Non-terminated Pods:\t(${pods.length} in total)`)
  out.line(1, 'Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge')
  out.line(1, '---------\t----\t\t------------\t----------\t---------------\t-------------\t---')
  const totals = pods.map((pod) => ({
    pod,
    requests: podTotals(pod, 'requests'),
    limits: podTotals(pod, 'limits'),
  }))
  for (const { pod, requests, limits } of totals) {
    const shares = ['cpu', 'memory'].flatMap((name) =>
      [requests, limits].map((one) => shareText(one, name, available)),
    )
    out.line(
      1,
      [
        pod.metadata.namespace,
        pod.metadata.name,
        '',
        ...shares,
        ageText(pod.metadata.creationTimestamp, now),
      ].join('\t'),
    )
  }
  writeAllocated(
    out,
    sumTotals(totals.map(({ requests }) => requests)),
    sumTotals(totals.map(({ limits }) => limits)),
    available,
  )
}

function writeAllocated(
  out: DescriptionWriter,
  requests: Totals,
  limits: Totals,
  available: Readonly<Record<string, number>>,
): void {
  out.line(0, 'Allocated resources:')
  out.line(0, '  (Total limits may be over 100 percent, i.e., overcommitted.)')
  out.line(1, 'Resource\tRequests\tLimits')
  out.line(1, '--------\t--------\t------')
  const standard = ['cpu', 'memory', 'ephemeral-storage']
  const further = Object.keys(available)
    .filter((name) => !standard.includes(name) && name !== 'pods')
    .sort()
  for (const name of [...standard, ...further.filter((one) => one.startsWith('hugepages-'))]) {
    out.line(1, `${name}\t${shareText(requests, name, available)}\t${shareText(limits, name, available)}`)
  }
  for (const name of further.filter((one) => one.includes('/')))
    out.line(1, `${name}\t${totalText(requests, name)}\t${totalText(limits, name)}`)
}

function podsOf(client: Client, node: string): readonly Pod[] | undefined {
  try {
    return client.list('pods', {
      fieldSelector: `spec.nodeName=${node},status.phase!=Succeeded,status.phase!=Failed`,
    }).items
  } catch (error) {
    if (isApiError(error, 'Forbidden')) return undefined
    throw error
  }
}

/** Lists the node's events. Kubelets use the node's name as uid in them, controllers its real uid. */
function nodeEvents(client: Client, { metadata }: Node): ReturnType<typeof eventsAbout> {
  const { name = '', uid = '' } = metadata
  return [name, uid].flatMap((id) => eventsAbout(client, { kind: 'Node', name, uid: id }, undefined))
}

/** Amounts of resources with their notations (each that of the first quantity added). */
export interface Totals {
  readonly amounts: ResourceAmounts
  readonly formats: Readonly<Record<string, QuantityFormat>>
}

/** Requests or limits of one pod. */
function podTotals(pod: Pod, which: 'requests' | 'limits'): Totals {
  const formats: Record<string, QuantityFormat> = {}
  for (const { resources } of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]) {
    for (const [name, quantity] of Object.entries(resources[which] ?? {}))
      formats[name] ??= parseQuantity(quantity).format
  }
  return { amounts: which === 'requests' ? podRequests(pod) : podLimits(pod), formats }
}

/** Sums several totals. */
function sumTotals(all: readonly Totals[]): Totals {
  const amounts: Record<string, number> = {}
  const formats: Record<string, QuantityFormat> = {}
  for (const one of all) {
    for (const [name, amount] of Object.entries(one.amounts)) {
      amounts[name] = (amounts[name] ?? 0) + amount
      if (amount !== 0) formats[name] ??= one.formats[name] ?? 'DecimalSI'
    }
  }
  return { amounts, formats }
}

/** Canonical quantity of one resource; `0` if there is none. */
function totalText({ amounts, formats }: Totals, name: string): string {
  const unit = name === 'cpu' ? 1_000_000n : 1_000_000_000n
  return formatQuantity({ nanos: BigInt(amounts[name] ?? 0) * unit, format: formats[name] ?? 'DecimalSI' })
}

/** `120m (3%)`: amount and share of the allocatable amount, truncated. */
function shareText(totals: Totals, name: string, allocatable: ResourceAmounts): string {
  const whole = allocatable[name] ?? 0
  const percent = whole === 0 ? 0 : Math.trunc(((totals.amounts[name] ?? 0) / whole) * 100)
  return `${totalText(totals, name)} (${percent}%)`
}
