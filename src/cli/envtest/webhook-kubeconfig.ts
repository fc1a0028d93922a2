import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseYamlText } from '../../api/yaml/read.js'
import type { WebhookServer } from '../../server/webhooks/webhook-server.js'
import { commandFailed, fileOf, flagOf, type ProgramFlags } from './program.js'

type Fields = Readonly<Record<string, string | undefined>>

/** The parts of a kubeconfig that say where a webhook is, and who asks it. */
interface Kubeconfig {
  readonly clusters?: readonly { readonly name: string; readonly cluster: Fields }[]
  readonly users?: readonly { readonly name: string; readonly user: Fields }[]
  readonly contexts?: readonly { readonly name: string; readonly context: Fields }[]
  readonly 'current-context'?: string
}

/**
 * Returns the server that the kubeconfig of a flag names, with who asks it; undefined without the flag.
 * Source: apiserver pkg/util/webhook/webhook.go LoadKubeconfig.
 */
export function webhookServer(flags: ProgramFlags, flag: string): WebhookServer | undefined {
  const text = fileOf(flags, flag)
  if (text === undefined) return undefined
  const path = flagOf(flags, flag) ?? ''
  const config = parseYamlText(text) as Kubeconfig | null
  const { contexts, clusters, users, 'current-context': current = '' } = config ?? {}
  const context = contexts?.find(({ name }) => name === current)?.context
  const cluster = clusters?.find(({ name }) => name === context?.['cluster'])?.cluster ?? {}
  const user = users?.find(({ name }) => name === context?.['user'])?.user ?? {}
  const url = cluster['server']
  if (url === undefined) throw commandFailed(`${path}: the current context names no cluster with a server`)
  const pem = (fields: Fields, name: string): string | undefined => {
    const data = fields[`${name}-data`]
    if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8')
    const file = fields[name]
    return file === undefined ? undefined : readFileSync(resolve(dirname(path), file), 'utf8')
  }
  const credentials = {
    ca: pem(cluster, 'certificate-authority'),
    cert: pem(user, 'client-certificate'),
    key: pem(user, 'client-key'),
    token: user['token'],
  }
  return {
    url,
    credentials: Object.fromEntries(
      Object.entries(credentials).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  }
}
