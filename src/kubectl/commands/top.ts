import type { Node } from '../../api/core/generated.js'
import { quantityMilliValue, quantityValue } from '../../api/quantity.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { KubectlError, usageError } from '../call/errors.js'
import { TABLE, TabWriter } from '../../lang/text/tabwriter.js'
import { responseText } from '../../client/response.js'
import { byText } from '../../lang/text/order.js'

const MIB = 1024 * 1024

/** Measured usage: milli-CPUs and bytes. */
interface Usage {
  readonly cpu: number
  readonly memory: number
  readonly swap: number | undefined
}

interface Amounts {
  readonly cpu?: string
  readonly memory?: string
  readonly swap?: string
}

interface Metrics {
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly usage?: Amounts
  readonly containers?: readonly { readonly name: string; readonly usage: Amounts }[]
}

/** `kubectl top node|pod`, from the metrics API. Source: kubectl pkg/cmd/top, pkg/metricsutil. */
export const top: KubectlCommand = {
  name: 'top',
  commands: [
    { name: 'node', aliases: ['nodes', 'no'], run: topNode },
    { name: 'pod', aliases: ['pods', 'po'], run: topPod },
  ],
}

const usageOf = ({ cpu = '0', memory = '0', swap }: Amounts = {}): Usage => ({
  cpu: quantityMilliValue(cpu),
  memory: quantityValue(memory),
  swap: swap === undefined ? undefined : quantityValue(swap),
})
const sum = (all: readonly Usage[]): Usage =>
  all.reduce(
    (a, b) => ({ cpu: a.cpu + b.cpu, memory: a.memory + b.memory, swap: (a.swap ?? 0) + (b.swap ?? 0) }),
    { cpu: 0, memory: 0, swap: 0 },
  )
const mib = (bytes: number): string => `${Math.trunc(bytes / MIB)}Mi`
const cells = ({ cpu, memory }: Usage): readonly [string, string] => [`${cpu}m`, mib(memory)]
/** The cells of a pod or container; swap that no kubelet reports is none. */
const podCells = ({ flags }: CommandLine, usage: Usage): readonly string[] => [
  ...cells(usage),
  ...(flags.bool('show-swap') ? [mib(usage.swap ?? 0)] : []),
]

/** Fetches metrics from the API. Throws KubectlError if the server has none. */
function fetchMetrics(call: CommandLine, path: string): readonly Metrics[] {
  const group = call.discovered().groups.find((one) => one.group === 'metrics.k8s.io')
  if (group === undefined) throw new KubectlError('Metrics API not available')
  const version = group.versions[0]?.version ?? 'v1beta1'
  const response = JSON.parse(
    responseText(call.request({ method: 'GET', path: `/apis/metrics.k8s.io/${version}/${path}` })),
  ) as Metrics | { readonly items: readonly Metrics[] }
  return 'items' in response ? response.items : [response]
}

function query(call: CommandLine, fields: boolean): string {
  const parts = [
    ['labelSelector', call.flags.string('selector')],
    ...(fields ? [['fieldSelector', call.flags.string('field-selector')]] : []),
  ]
  const text = parts
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}=${encodeURIComponent(value as string)}`)
    .join('&')
  return text === '' ? '' : `?${text}`
}

function checkSorting({ flags }: CommandLine): void {
  if (!['', 'cpu', 'memory'].includes(flags.string('sort-by')))
    throw new KubectlError('--sort-by accepts only cpu or memory')
}

/** Sorts by usage, the greatest first, or by name. */
function sorted<T extends { readonly key: string; readonly usage: Usage }>(
  call: CommandLine,
  rows: readonly T[],
): readonly T[] {
  const by = call.flags.string('sort-by') as '' | 'cpu' | 'memory'
  return rows.toSorted((a, b) => (by === '' ? 0 : b.usage[by] - a.usage[by]) || byText(a.key, b.key))
}

function write(
  { out, flags }: CommandLine,
  headers: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const lines = flags.bool('no-headers') ? rows : [headers, ...rows]
  if (lines.length > 0)
    out.write(
      new TabWriter(TABLE).format(
        lines.map((line) => `${line.map((cell) => `${cell}\t`).join('')}\n`).join(''),
      ),
    )
}

function topNode(call: CommandLine): void {
  const {
    args: [name, ...more],
    flags,
    client,
  } = call
  if (more.length > 0) throw usageError('top node', 'node [NAME | -l label]')
  checkSorting(call)
  if (name !== undefined && flags.has('selector'))
    throw new KubectlError('only one of NAME or --selector can be provided')
  const metrics = fetchMetrics(call, name === undefined ? `nodes${query(call, false)}` : `nodes/${name}`)
  if (metrics.length === 0) throw new KubectlError('metrics not available yet')
  const selector = flags.string('selector')
  const nodes: readonly Node[] =
    name === undefined
      ? client.list('nodes', selector === '' ? {} : { labelSelector: selector }).items
      : [client.get('nodes', { name })]
  const whole = new Map(
    nodes.map(({ metadata, status }) => [
      metadata.name ?? '',
      (flags.bool('show-capacity') ? status.capacity : status.allocatable) ?? {},
    ]),
  )
  const withSwap = flags.bool('show-swap')
  const capacityOf = (node: string): number | undefined =>
    nodes.find(({ metadata }) => metadata.name === node)?.status.nodeInfo?.swap?.capacity
  const rows = sorted(
    call,
    metrics.map(({ metadata, usage }) => ({ key: metadata.name, usage: usageOf(usage) })),
  ).map(({ key, usage }) => {
    const [cpu, memory] = cells(usage)
    const all = usageOf(whole.get(key))
    const shares = [cpu, `${percent(usage.cpu, all.cpu)}%`, memory, `${percent(usage.memory, all.memory)}%`]
    return [key, ...shares, ...(withSwap ? swapCells(usage, capacityOf(key)) : [])]
  })
  const unknown = [...whole.keys()]
    .filter((node) => !metrics.some(({ metadata }) => metadata.name === node))
    .sort()
    .map((node) => [node, ...Array.from({ length: withSwap ? 6 : 4 }, () => '<unknown>')])
  const headers = ['NAME', 'CPU(cores)', 'CPU(%)', 'MEMORY(bytes)', 'MEMORY(%)']
  write(call, [...headers, ...(withSwap ? ['SWAP(bytes)', 'SWAP(%)'] : [])], [...rows, ...unknown])
}

/** Swap of a node, of the whole that its kubelet reports. */
function swapCells({ swap }: Usage, whole: number | undefined): readonly string[] {
  if (swap === undefined) return ['<unknown>', '<unknown>']
  return [mib(swap), whole === undefined ? '<unknown>' : `${percent(swap, whole)}%`]
}

const percent = (part: number, whole: number): number => (whole === 0 ? 0 : Math.trunc((part / whole) * 100))

function topPod(call: CommandLine): void {
  const {
    args: [name, ...more],
    flags,
    namespace,
    out,
  } = call
  if (more.length > 0) throw usageError('top pod', 'pod [NAME | -l label]')
  checkSorting(call)
  if (name !== undefined && flags.has('selector'))
    throw new KubectlError('only one of NAME or selector can be provided')
  const all = flags.bool('all-namespaces')
  const within = all ? '' : `namespaces/${namespace}/`
  const metrics = fetchMetrics(
    call,
    name === undefined ? `${within}pods${query(call, true)}` : `${within}pods/${name}`,
  )
  if (metrics.length === 0) {
    throwUnmeasured(call, all)
    out.errorLine(all ? 'No resources found' : `No resources found in ${namespace} namespace.`)
    return
  }
  const pods = sorted(
    call,
    metrics.map((one) => ({
      one,
      key: `${one.metadata.namespace ?? ''}/${one.metadata.name}`,
      usage: sum((one.containers ?? []).map(({ usage }) => usageOf(usage))),
    })),
  )
  const byContainer = flags.bool('containers')
  const rows = pods.flatMap(({ one: { metadata, containers = [] }, usage }) => {
    const space = all ? [metadata.namespace ?? ''] : []
    if (!byContainer) return [[...space, metadata.name, ...podCells(call, usage)]]
    return sorted(
      call,
      containers.map((container) => ({ key: container.name, usage: usageOf(container.usage) })),
    ).map((container) => [...space, metadata.name, container.key, ...podCells(call, container.usage)])
  })
  const blanks = Array.from({ length: (all ? 1 : 0) + (byContainer ? 1 : 0) }, () => '')
  const amounts = ['CPU(cores)', 'MEMORY(bytes)', ...(flags.bool('show-swap') ? ['SWAP(bytes)'] : [])]
  const totals = flags.bool('sum')
    ? [
        [...blanks, '', '________', '________'],
        [...blanks, '', ...podCells(call, sum(pods.map(({ usage }) => usage)))],
      ]
    : []
  write(
    call,
    [...(all ? ['NAMESPACE'] : []), ...(byContainer ? ['POD', 'NAME'] : ['NAME']), ...amounts],
    [...rows, ...totals],
  )
}

/** Throws if pods exist that have not been measured yet. */
function throwUnmeasured({ client, flags, namespace }: CommandLine, all: boolean): void {
  const selector = flags.string('selector')
  const { items } = client.list('pods', {
    ...(all ? {} : { namespace }),
    ...(selector === '' ? {} : { labelSelector: selector }),
  })
  if (items.length > 0) throw new KubectlError('metrics not available yet')
}
