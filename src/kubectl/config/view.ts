import type { CommandLine } from '../call/call.js'
import { Aggregate, KubectlError, usageError } from '../call/errors.js'
import type { KubeconfigContent, Named } from '../call/kubeconfig-content.js'
import type { JsonMap } from '../../lang/json/maps.js'
import { textOf } from '../call/kubeconfig-content.js'
import { printValue } from '../print/object.js'
import { TABLE, TabWriter } from '../../lang/text/tabwriter.js'
import { formatOf } from '../print/template.js'
import { byName } from '../../lang/text/order.js'

/** Fields that are shown only with `--raw`, and their placeholders. */
const OMITTED: Readonly<Record<string, string>> = {
  'certificate-authority-data': 'DATA+OMITTED',
  'client-certificate-data': 'DATA+OMITTED',
  'client-key-data': 'DATA+OMITTED',
  token: 'REDACTED',
  password: 'REDACTED',
}

/** `kubectl config view [--minify] [--raw]`. Source: kubectl pkg/cmd/config/view.go. */
export function view(call: CommandLine): void {
  const { args, flags, kubeconfig, out } = call
  if (args.length > 0) throw usageError('config view', `unexpected arguments: [${args.join(' ')}]`)
  const content = flags.bool('minify')
    ? minified(kubeconfig.content, kubeconfig.contextName)
    : kubeconfig.content
  const value = valueOf(content, flags.bool('raw') || flags.bool('flatten'))
  const format = formatOf(call)
  out.write(format === 'json' ? `${JSON.stringify(value, null, 4)}\n` : printValue(value, format))
}

/** Reduces the content to what the context uses. */
function minified(content: KubeconfigContent, context: string): KubeconfigContent {
  const found = content.contexts.filter(({ name }) => name === context)
  const value = found[0]?.value
  if (value === undefined) throw new KubectlError(`cannot locate context ${context}`)
  const only = (parts: readonly Named<JsonMap>[], name: string): readonly Named<JsonMap>[] =>
    parts.filter((one) => one.name === name)
  return {
    ...content,
    currentContext: context,
    contexts: found,
    clusters: only(content.clusters, textOf(value, 'cluster')),
    users: only(content.users, textOf(value, 'user')),
  }
}

function valueOf(
  { currentContext, clusters, contexts, users, preferences }: KubeconfigContent,
  raw: boolean,
): object {
  const listed = (parts: readonly Named<JsonMap>[], field: string): readonly object[] | null =>
    parts.length === 0
      ? null
      : parts
          .toSorted(byName)
          .map(({ name, value }) => ({ name, [field]: inOrder(raw ? value : redacted(value)) }))
  return {
    kind: 'Config',
    apiVersion: 'v1',
    ...(Object.keys(preferences).length === 0 ? {} : { preferences }),
    clusters: listed(clusters, 'cluster'),
    users: listed(users, 'user'),
    contexts: listed(contexts, 'context'),
    'current-context': currentContext,
  }
}

/**
 * The fields of clusters, users and contexts as Go declares them. Source: client-go
 * tools/clientcmd/api/v1/types.go.
 */
const ORDER: readonly string[] = [
  'server',
  'tls-server-name',
  'insecure-skip-tls-verify',
  'certificate-authority',
  'certificate-authority-data',
  'proxy-url',
  'disable-compression',
  'cluster',
  'user',
  'namespace',
  'client-certificate',
  'client-certificate-data',
  'client-key',
  'client-key-data',
  'token',
  'tokenFile',
  'as',
  'as-uid',
  'as-groups',
  'as-user-extra',
  'username',
  'password',
  'auth-provider',
  'exec',
  'extensions',
]

const inOrder = (fields: JsonMap): JsonMap =>
  Object.fromEntries(Object.entries(fields).toSorted(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b)))

const redacted = (fields: JsonMap): JsonMap =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      Object.hasOwn(OMITTED, name) ? OMITTED[name] : value,
    ]),
  )

/** `kubectl config current-context`. */
export function currentContext({ kubeconfig, out }: CommandLine): void {
  const { currentContext: name } = kubeconfig.content
  if (name === '') throw new KubectlError('current-context is not set')
  out.line(name)
}

/** `kubectl config get-clusters`. */
export function getClusters({ kubeconfig, out }: CommandLine): void {
  for (const name of ['NAME', ...kubeconfig.content.clusters.map((one) => one.name).sort()]) out.line(name)
}

/** `kubectl config get-users`. */
export function getUsers({ kubeconfig, out }: CommandLine): void {
  for (const name of ['NAME', ...kubeconfig.content.users.map((one) => one.name).sort()]) out.line(name)
}

/** `kubectl config get-contexts [NAME...]`. */
export function getContexts({ kubeconfig, args, flags, out }: CommandLine): void {
  const format = flags.string('output')
  if (format !== '' && format !== 'name')
    throw new KubectlError(
      `--output ${format} is not available in kubectl config get-contexts; resetting to default ` +
        'output format',
    )
  const { contexts, currentContext: current } = kubeconfig.content
  const asked = args.length === 0 ? contexts.map(({ name }) => name) : args
  const known = asked.filter((name) => contexts.some((one) => one.name === name)).sort()
  if (format === 'name') for (const name of known) out.line(name)
  else {
    const rows = known.map((name) => {
      const value = contexts.find((one) => one.name === name)?.value ?? {}
      return [
        name === current ? '*' : '',
        name,
        textOf(value, 'cluster'),
        textOf(value, 'user'),
        textOf(value, 'namespace'),
      ]
    })
    const lines = flags.bool('no-headers')
      ? rows
      : [['CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE'], ...rows]
    if (lines.length > 0)
      out.write(new TabWriter(TABLE).format(lines.map((cells) => `${cells.join('\t')}\n`).join('')))
  }
  const missing = asked
    .filter((name) => !known.includes(name))
    .map((name) => new KubectlError(`context ${name} not found`))
  if (missing.length === 1) throw missing[0] as Error
  if (missing.length > 1) throw new Aggregate(missing)
}
