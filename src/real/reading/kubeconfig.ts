import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import {
  EMPTY,
  type KubeconfigContent,
  merge,
  type Named,
  parseKubeconfig,
  textOf,
} from '../../kubectl/call/kubeconfig-content.js'
import type { JsonMap } from '../../lang/json/maps.js'
import { hintOf } from '../../lang/text/nearest.js'

/** Which context of which kubeconfig. */
export interface KubeconfigChoice {
  /** Default: the files of KUBECONFIG, or `~/.kube/config`. */
  readonly kubeconfig?: string
  /** Default: the current one. */
  readonly context?: string
}

/** Where a server is, and who asks it. Keys and certificates are PEM. */
export interface ServerAccess {
  readonly url: string
  /** Name of the user in the kubeconfig, for errors. */
  readonly user: string
  readonly tls: {
    readonly ca?: string
    readonly cert?: string
    readonly key?: string
    readonly servername?: string
    readonly rejectUnauthorized?: false
  }
  /** Credentials that are no certificate. */
  readonly headers: Record<string, string | string[]>
}

/** What only kubectl can do with a user or a cluster, and what it is. */
const OF_KUBECTL: Readonly<Record<string, string>> = {
  exec: 'gets its credentials from a program',
  'auth-provider': 'gets its credentials from a provider',
  username: 'has a password',
  'proxy-url': 'is behind a proxy',
}

/**
 * Reads the server and the credentials of a context, as kubectl finds them. Source: client-go
 * tools/clientcmd/loader.go, client_config.go.
 * @throws Error that names the file, if there is none, if it has no such context, or if its user can only be
 * used by kubectl
 */
export function readAccess(choice: KubeconfigChoice): ServerAccess {
  const paths = pathsOf(choice)
  const there = paths.filter((path) => existsSync(path))
  const where = paths.join(', ')
  if (there.length === 0)
    throw new Error(`there is no kubeconfig ${where}: name one with --kubeconfig, or set KUBECONFIG`)
  const content = there.map(contentAt).reduce(merge, EMPTY)
  const context = contextOf(content, choice.context, where)
  const [clusterName, user] = [textOf(context, 'cluster'), textOf(context, 'user')]
  const cluster = part(content.clusters, clusterName, 'cluster', where)
  const fields = user === '' ? {} : part(content.users, user, 'user', where)
  const url = textOf(cluster, 'server')
  if (url === '') throw new Error(`${where}: the cluster ${clusterName} has no server`)
  for (const [of, name, what] of [
    [fields, user, 'user'] as const,
    [cluster, clusterName, 'cluster'] as const,
  ])
    for (const [field, why] of Object.entries(OF_KUBECTL))
      if (of[field] !== undefined)
        throw new Error(`${where}: the ${what} ${name} ${why} (${field}), which needs kubectl: install it`)
  return {
    url: url.replace(/\/$/, ''),
    user,
    tls: tlsOf(cluster, fields),
    headers: { ...bearer(fields), ...impersonation(fields) },
  }
}

function pathsOf({ kubeconfig }: KubeconfigChoice): readonly string[] {
  if (kubeconfig !== undefined) return [kubeconfig]
  const listed = (process.env['KUBECONFIG'] ?? '').split(delimiter).filter(Boolean)
  return listed.length > 0 ? listed : [join(homedir(), '.kube', 'config')]
}

const FILES = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile']

/** A file that a kubeconfig names is beside it. */
function contentAt(path: string): KubeconfigContent {
  const content = parseKubeconfig(readFileSync(path, 'utf8'), path)
  const absolute = ({ name, value }: Named<JsonMap>): Named<JsonMap> => ({
    name,
    value: Object.fromEntries(
      Object.entries(value).map(([field, given]) =>
        FILES.includes(field) && typeof given === 'string' && given !== ''
          ? [field, resolve(dirname(path), given)]
          : [field, given],
      ),
    ),
  })
  return { ...content, clusters: content.clusters.map(absolute), users: content.users.map(absolute) }
}

function contextOf(content: KubeconfigContent, wanted: string | undefined, where: string): JsonMap {
  const name = wanted ?? content.currentContext
  const names = content.contexts.map((each) => each.name)
  const choose = names.length === 0 ? 'it has no context' : `there are: ${names.join(', ')}`
  if (name === '')
    throw new Error(`${where}: there is no current context; name one with --context; ${choose}`)
  return part(content.contexts, name, 'context', where)
}

function part(list: readonly Named<JsonMap>[], name: string, what: string, where: string): JsonMap {
  const found = list.find((each) => each.name === name)
  if (found !== undefined) return found.value
  const names = list.map((each) => each.name)
  const hint = hintOf(name, names, names.length === 0 ? 'there are: none' : undefined)
  throw new Error(`${where}: there is no ${what} ${name}; ${hint}`)
}

/** The text of a field `NAME-data` in base64, or of the file of the field. */
function pem(fields: JsonMap, name: string): string | undefined {
  const data = textOf(fields, `${name}-data`)
  if (data !== '') return Buffer.from(data, 'base64').toString('utf8')
  const path = textOf(fields, name)
  return path === '' ? undefined : readFileSync(path, 'utf8')
}

function tlsOf(cluster: JsonMap, user: JsonMap): ServerAccess['tls'] {
  const servername = textOf(cluster, 'tls-server-name') || undefined
  const texts = {
    ca: pem(cluster, 'certificate-authority'),
    cert: pem(user, 'client-certificate'),
    key: pem(user, 'client-key'),
    servername,
  }
  return {
    ...Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined)),
    ...(textOf(cluster, 'insecure-skip-tls-verify') === 'true' ? { rejectUnauthorized: false } : {}),
  }
}

function bearer(user: JsonMap): ServerAccess['headers'] {
  const path = textOf(user, 'tokenFile')
  const token = textOf(user, 'token') || (path === '' ? '' : readFileSync(path, 'utf8').trim())
  return token === '' ? {} : { authorization: `Bearer ${token}` }
}

/** Source: client-go transport/round_trippers.go. */
function impersonation(user: JsonMap): ServerAccess['headers'] {
  const as = textOf(user, 'as')
  if (as === '') return {}
  const [uid, groups, extra] = [textOf(user, 'as-uid'), user['as-groups'], user['as-user-extra']]
  return {
    'Impersonate-User': as,
    ...(uid === '' ? {} : { 'Impersonate-Uid': uid }),
    ...(Array.isArray(groups) ? { 'Impersonate-Group': groups.map(String) } : {}),
    ...Object.fromEntries(
      Object.entries(extra ?? {}).map(([key, values]) => [
        `Impersonate-Extra-${encodeURIComponent(key)}`,
        (values as readonly unknown[]).map(String),
      ]),
    ),
  }
}
