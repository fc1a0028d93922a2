import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { currentOf, parseKubeconfig, textOf } from '../../kubectl/call/kubeconfig-content.js'
import type { JsonMap } from '../../lang/json/maps.js'
import type { WebhookServer } from '../../server/webhooks/webhook-server.js'
import { commandFailed, fileOf, flagOf, type ProgramFlags } from './program.js'

/**
 * Returns the server that the kubeconfig of a flag names, with who asks it; undefined without the flag.
 * Source: apiserver pkg/util/webhook/webhook.go LoadKubeconfig.
 */
export function webhookServer(flags: ProgramFlags, flag: string): WebhookServer | undefined {
  const text = fileOf(flags, flag)
  if (text === undefined) return undefined
  const path = flagOf(flags, flag) ?? ''
  const { cluster, user } = currentOf(parseKubeconfig(text, path))
  const url = textOf(cluster, 'server')
  if (url === '') throw commandFailed(`${path}: the current context names no cluster with a server`)
  const pem = (fields: JsonMap, name: string): string | undefined => {
    const data = textOf(fields, `${name}-data`)
    if (data !== '') return Buffer.from(data, 'base64').toString('utf8')
    const file = textOf(fields, name)
    return file === '' ? undefined : readFileSync(resolve(dirname(path), file), 'utf8')
  }
  const credentials = {
    ca: pem(cluster, 'certificate-authority'),
    cert: pem(user, 'client-certificate'),
    key: pem(user, 'client-key'),
    token: textOf(user, 'token') || undefined,
  }
  return {
    url,
    credentials: Object.fromEntries(
      Object.entries(credentials).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  }
}
