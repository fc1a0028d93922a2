import type { ConfigMap, Secret, ServiceAccount } from '../../api/core/generated.js'
import type { DescribeContext } from './describer.js'
import { sortedEntries, writeHead, writeObjectEvents } from './describer.js'
import type { DescriptionWriter } from './writer.js'

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

/** How many bytes a text in base64 stands for. */
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

/** Names of the secrets that hold tokens of an account. */
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
