import { BOOTSTRAP_TOKEN_TYPE } from '../../api/core/secret.js'
import { quote } from '../../lang/go/quote.js'
import { ConnectionError, isApiError } from '../../client/api-error.js'
import { DurationError, parseGoDuration } from '../../lang/go/duration.js'
import { formatTime } from '../../lang/go/time.js'
import type { CommandOutput } from '../commands/command.js'
import { failed, readOptions } from '../commands/command.js'
import type { HostMachine } from '../machine/host-machine.js'
import { table } from '../machine/texts.js'
import { BOOTSTRAPPERS } from './objects.js'
import { STACK } from './texts.js'
import { digest, hex, toDer } from '../../pki/crypto/der.js'
import { parseCertificates, PKI_DIR } from '../../pki/index.js'
import { publicKeyInfo } from '../../pki/crypto/rsa.js'

/** Format of a bootstrap token. */
export const TOKEN_FORM: RegExp = /^([a-z0-9]{6})\.([a-z0-9]{16})$/

/** `kubeadm token generate`, `create`, `list` and `delete`. Source: cmd/kubeadm/app/cmd/token.go. */
export function token(args: readonly string[], machine: HostMachine): CommandOutput {
  const options = readOptions(args, [
    'ttl',
    'description',
    'kubeconfig',
    'config',
    'groups',
    'usages',
    'o',
    'output',
  ])
  const [verb = '', given] = options.words
  if (verb === 'generate') return { stdout: `${newToken(machine)}\n` }
  const config =
    options.get('kubeconfig') ??
    ['/etc/kubernetes/admin.conf', '/root/.kube/config'].find(
      (path) => machine.files.text(path) !== undefined,
    ) ??
    '/root/.kube/config'
  if (machine.files.text(config) === undefined)
    return failed(
      `error: failed to load admin kubeconfig: open ${config}: no such file or directory\n${STACK}`,
    )
  const client = machine.cluster.as({
    user: 'kubernetes-admin',
    groups: ['kubeadm:cluster-admins', 'system:masters'],
  })
  try {
    if (verb === 'create') return create(machine, client, given ?? newToken(machine), options)
    if (verb === 'delete') {
      if (given === undefined)
        return failed(
          `error: missing argument; 'token delete' is missing token of form [a-z0-9]{6}\n${STACK}`,
        )
      const [id = ''] = given.split('.')
      client.delete('secrets', { namespace: 'kube-system', name: `bootstrap-token-${id}` })
      return { stdout: `bootstrap token "${id}" deleted\n` }
    }
    if (verb === 'list') return list(machine, client)
  } catch (error) {
    if (error instanceof DurationError)
      return failed(
        `error: invalid argument ${JSON.stringify(options.get('ttl'))} for "--ttl" flag: ` +
          `${error.message}\n${STACK}`,
      )
    if (error instanceof ConnectionError || isApiError(error))
      return failed(`error: ${error.message}\n${STACK}`)
    throw error
  }
  return failed(`error: unknown command ${quote(verb)} for "kubeadm token"\n${STACK}`)
}

type Client = ReturnType<HostMachine['cluster']['as']>

/** Returns an unused token. */
export function newToken(machine: HostMachine): string {
  const id = machine.newId()
  return `${id.slice(0, 6)}.${id.slice(6, 22)}`
}

function create(
  machine: HostMachine,
  client: Client,
  value: string,
  options: ReturnType<typeof readOptions>,
): CommandOutput {
  const [, id, secret] = TOKEN_FORM.exec(value) ?? []
  if (id === undefined || secret === undefined)
    return failed(
      `error: the bootstrap token ${quote(value)} was not of the form ` +
        `"\\\\A([a-z0-9]{6})\\\\.([a-z0-9]{16})\\\\z"\n${STACK}`,
    )
  writeToken(client, machine.cluster.now(), {
    value,
    ttl: options.get('ttl') ?? '24h0m0s',
    description: options.get('description'),
  })
  if (!options.has('print-join-command')) return { stdout: `${value}\n` }
  return { stdout: `${joinCommand(machine, value)} \n` }
}

/** Writes a bootstrap token as a Secret. `ttl`: `24h0m0s`; 0 means that it does not expire. */
export function writeToken(
  client: Client,
  now: number,
  {
    value,
    ttl,
    description,
  }: { readonly value: string; readonly ttl: string; readonly description?: string | undefined },
): void {
  const [id = '', secret = ''] = value.split('.')
  const ms = parseGoDuration(ttl)
  const data: Record<string, string> = {
    'token-id': id,
    'token-secret': secret,
    'usage-bootstrap-authentication': 'true',
    'usage-bootstrap-signing': 'true',
    'auth-extra-groups': BOOTSTRAPPERS,
    ...(ms > 0 ? { expiration: formatTime(now + ms) } : {}),
    ...(description === undefined ? {} : { description }),
  }
  const body = Object.fromEntries(Object.entries(data).map(([name, text]) => [name, btoa(text)]))
  client.create('secrets', {
    metadata: { name: `bootstrap-token-${id}`, namespace: 'kube-system' },
    type: BOOTSTRAP_TOKEN_TYPE,
    data: body,
  })
}

/** Returns `sha256:` and the hash of an authority's public key. Source: util/pubkeypin Hash. */
export function publicKeyPin(authority: string): string {
  const [certificate] = parseCertificates(authority)
  return certificate?.publicKey === undefined
    ? ''
    : `sha256:${hex(digest('sha256', toDer(publicKeyInfo(certificate.publicKey))))}`
}

/** The command with which a machine joins. */
export function joinCommand(machine: HostMachine, token: string, separator = ' '): string {
  const { advertiseAddress, controlPlaneEndpoint = advertiseAddress } = machine.cluster.pki.config
  return (
    `kubeadm join ${controlPlaneEndpoint} --token ${token}${separator}--discovery-token-ca-cert-hash ` +
    `${publicKeyPin(machine.files.text(`${PKI_DIR}/ca.crt`) ?? '')}`
  )
}

function list(machine: HostMachine, client: Client): CommandOutput {
  const rows = client
    .list('secrets', { namespace: 'kube-system' })
    .items.filter(({ type }) => type === BOOTSTRAP_TOKEN_TYPE)
    .map(({ data = {} }) => {
      const field = (name: string): string => atob(data[name] ?? '')
      const expires = field('expiration')
      const left = Date.parse(expires) - machine.cluster.now()
      const ttl =
        expires === ''
          ? '<forever>'
          : left < 0
            ? '<invalid>'
            : left >= 3_600_000
              ? `${Math.floor(left / 3_600_000)}h`
              : `${Math.floor(left / 60_000)}m`
      const usages = ['authentication', 'signing']
        .filter((usage) => field(`usage-bootstrap-${usage}`) === 'true')
        .join(',')
      return [
        `${field('token-id')}.${field('token-secret')}`,
        ttl,
        expires === '' ? '<never>' : expires,
        usages,
        field('description') || '<none>',
        field('auth-extra-groups'),
      ]
    })
  return rows.length === 0
    ? {}
    : { stdout: table([['TOKEN', 'TTL', 'EXPIRES', 'USAGES', 'DESCRIPTION', 'EXTRA GROUPS'], ...rows]) }
}
