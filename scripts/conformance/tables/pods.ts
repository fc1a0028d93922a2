import { computeQosClass } from '../../../src/api/core/pods/qos.js'
import { podLimitList, podRequestList } from '../../../src/api/core/pods/pod-resources.js'
import { definitionsOf } from '../../../src/api/definitions.js'
import type { KindDefinition } from '../../../src/api/kind/definition.js'
import { evaluatePodSecurity, findingsText } from '../../../src/api/pod-security/evaluate.js'
import { quotaEvaluator } from '../../../src/api/quota/evaluators.js'
import { addQuantities, formatQuantity, parseQuantity } from '../../../src/api/quantity.js'
import { release } from '../../../src/api/releases.js'
import { parseApiVersion } from '../../../src/api/api-version.js'
import { tableOf } from '../../../src/apiserver/table.js'
import type { Resource } from '../../../src/apiserver/registry/resources.js'
import { podTemplateHash } from '../../../src/controllers/shared/pod-template-hash.js'
import type { Row, Table } from '../table.js'

const MINOR = 34
const LATEST = MINOR + 1

function podSecurity(row: Row): ReturnType<Table> {
  const actual = Object.fromEntries(
    (['privileged', 'baseline', 'restricted'] as const).map((level) => {
      const found: (readonly [number | string, string])[] = []
      for (let minor = 0; minor <= LATEST; minor++) {
        const policy = { level, minor: Math.min(minor, MINOR) }
        const text = findingsText(evaluatePodSecurity(row as never, policy))
        if (text !== found.at(-1)?.[1]) found.push([minor === LATEST ? 'latest' : minor, text])
      }
      return [level, found]
    }),
  )
  return { expected: row['found'], actual }
}

const templateHash: Table = ({ template, collision, out }) => ({
  expected: out.hash,
  actual: podTemplateHash(template, collision, MINOR),
})

type Amounts = Readonly<Record<string, string>>

/** Quantities by value: their spelling is that of the first summand. */
function amounts(list: Amounts | null | undefined): Amounts {
  const zero = parseQuantity('0')
  return Object.fromEntries(
    Object.entries(list ?? {}).map(([name, text]) => {
      const { nanos } = addQuantities(zero, parseQuantity(text))
      return [name, formatQuantity({ nanos, format: 'DecimalSI' })]
    }),
  )
}

const podResources: Table = ({ pod, out }) => ({
  expected: {
    requests: amounts(out.requests),
    limits: amounts(out.limits),
    containersOnly: amounts(out.containersOnly),
    requestsStatus: amounts(out.requestsStatus),
    qos: out.qos,
  },
  actual: {
    requests: amounts(podRequestList(pod)),
    limits: amounts(podLimitList(pod)),
    containersOnly: amounts(podRequestList(pod, { skipPodLevelResources: true })),
    requestsStatus: amounts(podRequestList(pod, { useStatusResources: true })),
    qos: computeQosClass(pod),
  },
})

const KINDS: Readonly<Record<string, readonly [resource: string, member: string]>> = {
  'quota-pod': ['pods', 'pod'],
  'quota-service': ['services', 'service'],
  'quota-claim': ['persistentvolumeclaims', 'claim'],
}

const quota: Table = (row) => {
  const { out, required = [], scopes = [] } = row
  const [resource, member] = KINDS[row['table']] as readonly [string, string]
  const evaluator = quotaEvaluator('', resource)
  const object = row[member]
  const now = Date.parse(row['now'] ?? '2026-01-01T00:00:00Z')
  const inScope = scopes.flatMap((term: never, at: number) => (evaluator.inScope(term, object) ? [at] : []))
  return {
    expected: { usage: amounts(out.usage), missing: out.missing ?? '', scopes: out.scopes ?? [] },
    actual: {
      usage: amounts(evaluator.usage(object, now)),
      missing: evaluator.missing?.(required, object) ?? '',
      scopes: inScope,
    },
  }
}

let definitions: readonly KindDefinition[] | undefined

const printers: Table = ({ object, cells, conditions }, { columns }) => {
  definitions ??= definitionsOf(release('v1.34'))
  const { group, version } = parseApiVersion(object.apiVersion)
  const definition = definitions.find(
    (one) => one.kind === object.kind && one.group === group && one.version === version,
  )
  const table = tableOf({ definition } as Resource, object, Date.parse('2026-01-01T00:00:00Z'))
  const [row] = table.rows ?? []
  return {
    expected: {
      cells,
      conditions: conditions ?? [],
      columns: columns[`${object.apiVersion} ${object.kind}`],
    },
    actual: {
      cells: row?.cells,
      conditions: row?.conditions ?? [],
      columns: table.columnDefinitions.map(({ name, type, format, priority }) => [
        name,
        type,
        format,
        priority,
      ]),
    },
  }
}

export const podTables: Readonly<Record<string, Table>> = {
  'pod-security': podSecurity,
  'template-hash': templateHash,
  'pod-resources': podResources,
  quota,
  printers,
}
