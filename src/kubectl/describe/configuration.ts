import type {
  ConfigMap,
  LimitRange,
  LimitRangeItem,
  Namespace,
  ResourceQuota,
  Secret,
  ServiceAccount,
} from '../../api/core/generated.js'
import { isApiError } from '../../client/api-error.js'
import type { DescribeContext } from './describer.js'
import { sortedEntries, writeHead, writeNames, writeObjectEvents } from './describer.js'
import type { DescriptionWriter } from './writer.js'
import { longTime, writeAnnotations, writeLabels } from './writer.js'

/** `kubectl describe configmap`. Source: kubectl pkg/describe ConfigMapDescriber. */
export function describeConfigMap(out: DescriptionWriter, map: ConfigMap, context: DescribeContext): void {
  writeHead(out, map)
  out.text('\nData\n====\n')
  for (const [key, value] of sortedEntries(map.data)) out.text(`${key}:\n----\n${value}\n\n`)
  out.text('\nBinaryData\n====\n')
  for (const [key, value] of sortedEntries(map.binaryData)) out.text(`${key}: ${bytesIn(value)} bytes\n`)
  out.text('\n')
  writeObjectEvents(out, map, context)
}

/** `kubectl describe secret`. Source: kubectl pkg/describe describeSecret. */
export function describeSecret(out: DescriptionWriter, secret: Secret): void {
  writeHead(out, secret)
  out.text(`\nType:\t${secret.type ?? ''}\n`)
  out.text('\nData\n====\n')
  for (const [key, value] of sortedEntries(secret.data)) {
    const isToken = key === 'token' && secret.type === 'kubernetes.io/service-account-token'
    out.line(0, `${key}:\t${isToken ? atob(value) : `${bytesIn(value)} bytes`}`)
  }
}

/** Number of bytes that a base64 text encodes. */
function bytesIn(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0
  return (base64.length / 4) * 3 - padding
}

/** `kubectl describe serviceaccount`. Source: kubectl pkg/describe describeServiceAccount. */
export function describeServiceAccount(
  out: DescriptionWriter,
  account: ServiceAccount,
  context: DescribeContext,
): void {
  const { secrets = [], imagePullSecrets = [], metadata } = account
  writeHead(out, account)
  const lists: [title: string, names: readonly string[]][] = [
    ['Image pull secrets', imagePullSecrets.map(({ name = '' }) => name)],
  ]
  if (context.release.describesAccountTokens) {
    lists.push(
      ['Mountable secrets', secrets.map(({ name = '' }) => name)],
      ['Tokens', tokensOf(metadata, context)],
    )
  }
  for (const [title, names] of lists) {
    if (names.length === 0) out.line(0, `${title}:\t<none>`)
    for (const [at, name] of names.entries())
      out.line(0, `${at === 0 ? `${title}:` : ' '.repeat(19)}\t${name}`)
  }
  writeObjectEvents(out, account, context)
}

/** Names of the secrets with tokens of an account. */
function tokensOf(
  { name, namespace = '', uid }: ServiceAccount['metadata'],
  { client }: DescribeContext,
): readonly string[] {
  return client
    .list('secrets', { namespace })
    .items.filter(
      ({ type, metadata: { annotations } }) =>
        type === 'kubernetes.io/service-account-token' &&
        annotations?.['kubernetes.io/service-account.name'] === name &&
        annotations?.['kubernetes.io/service-account.uid'] === uid,
    )
    .map(({ metadata }) => metadata.name ?? '')
}

const SCOPES: Readonly<Record<string, string>> = {
  Terminating:
    'Matches all pods that have an active deadline. ' +
    'These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating:
    'Matches all pods that do not have an active deadline. ' +
    'These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort:
    'Matches all pods that do not have resource requirements set. These pods have a best effort ' +
    'quality of service.',
  NotBestEffort:
    'Matches all pods that have at least one resource requirement set. ' +
    'These pods have a burstable or guaranteed quality of service.',
}

/** `kubectl describe resourcequota`. Source: kubectl pkg/describe describeQuota. */
export function describeQuota(out: DescriptionWriter, quota: ResourceQuota): void {
  writeNames(out, quota)
  writeScopes(out, quota, 0)
  writeAmounts(out, quota, 0)
}

function writeScopes(out: DescriptionWriter, { spec }: ResourceQuota, level: number): void {
  const scopes = [...(spec.scopes ?? [])].sort()
  if (scopes.length === 0) return
  out.line(level, `Scopes:\t${scopes.join(', ')}`)
  for (const scope of scopes)
    if (SCOPES[scope] !== undefined) out.line(level, `${level === 0 ? ' ' : ''}* ${SCOPES[scope]}`)
}

function writeAmounts(
  out: DescriptionWriter,
  { status: { hard, used = {} } }: ResourceQuota,
  level: number,
): void {
  out.line(level, 'Resource\tUsed\tHard')
  out.line(level, level === 0 ? '--------\t----\t----' : '--------\t---\t---')
  for (const [name, amount] of sortedEntries(hard))
    out.line(level, `${name}\t${used[name] ?? '0'}\t${amount}`)
}

const LIMITS = 'Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio'
const RULES = '----\t--------\t---\t---\t---------------\t-------------\t-----------------------'

/** `kubectl describe limitrange`. Source: kubectl pkg/describe describeLimitRange. */
export function describeLimitRange(out: DescriptionWriter, range: LimitRange): void {
  writeNames(out, range)
  out.line(0, LIMITS)
  out.line(0, RULES)
  for (const item of range.spec?.limits ?? []) writeLimits(out, item, '')
}

/** Writes limits sorted by resource; Go prints them in the random order of a map. */
function writeLimits(
  out: DescriptionWriter,
  {
    type,
    min = {},
    max = {},
    default: limit = {},
    defaultRequest = {},
    maxLimitRequestRatio: ratio = {},
  }: LimitRangeItem,
  indent: string,
): void {
  const names = new Set([max, min, limit, defaultRequest, ratio].flatMap((list) => Object.keys(list)))
  for (const name of [...names].sort()) {
    out.line(
      0,
      [
        indent + type,
        name,
        ...[min, max, defaultRequest, limit, ratio].map((list) => list[name] ?? '-'),
      ].join('\t'),
    )
  }
}

/** `kubectl describe namespace`. Source: kubectl pkg/describe describeNamespace. */
export function describeNamespace(
  out: DescriptionWriter,
  { metadata, status }: Namespace,
  { client }: DescribeContext,
): void {
  const namespace = metadata.name ?? ''
  out.line(0, `Name:\t${namespace}`)
  writeLabels(out, 'Labels', metadata.labels)
  writeAnnotations(out, metadata.annotations)
  out.line(0, `Status:\t${status.phase ?? ''}`)
  const { conditions = [] } = status
  if (conditions.length > 0) {
    out.line(0, 'Conditions:')
    out.line(1, 'Type\tStatus\tLastTransitionTime\tReason\tMessage')
    out.line(1, '----\t------\t------------------\t------\t-------')
    for (const { type, status: value, lastTransitionTime, reason = '', message = '' } of conditions) {
      out.line(1, `${type}\t${value}\t${longTime(lastTransitionTime)}\t${reason}\t${message}`)
    }
  }
  const quotas = unlessMissing(() => client.list('resourcequotas', { namespace }).items)
  if (quotas !== undefined) writeQuotas(out, quotas)
  const ranges = unlessMissing(() => client.list('limitranges', { namespace }).items)
  if (ranges !== undefined) writeRanges(out, ranges)
}

/** Returns undefined if the server does not serve the kind. */
function unlessMissing<T>(list: () => T): T | undefined {
  try {
    return list()
  } catch (error) {
    if (isApiError(error, 'NotFound')) return undefined
    throw error
  }
}

function writeQuotas(out: DescriptionWriter, quotas: readonly ResourceQuota[]): void {
  out.line(0, '')
  out.line(0, quotas.length === 0 ? 'No resource quota.' : 'Resource Quotas')
  for (const quota of quotas) {
    out.line(1, `Name:\t${quota.metadata.name ?? ''}`)
    writeScopes(out, quota, 1)
    writeAmounts(out, quota, 1)
  }
}

function writeRanges(out: DescriptionWriter, ranges: readonly LimitRange[]): void {
  out.line(0, '')
  out.line(0, ranges.length === 0 ? 'No LimitRange resource.' : 'Resource Limits')
  if (ranges.length === 0) return
  out.line(0, ` ${LIMITS}`)
  out.line(0, ` ${RULES}`)
  for (const { spec } of ranges) for (const item of spec?.limits ?? []) writeLimits(out, item, ' ')
}
