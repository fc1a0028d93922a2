import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseYamlText } from '../../api/yaml/read.js'
import { parseGoDuration } from '../../api/duration.js'
import { OutsideAuthorizer, type OutsideAuthorizerOptions } from '../../server/webhooks/authorizer.js'
import { commandFailed, fileOf, flagOf, type ProgramFlags } from './program.js'

type Fields = Readonly<Record<string, string | undefined>>

/** The parts of a kubeconfig that say where a webhook is, and who asks it. */
interface Kubeconfig {
  readonly clusters?: readonly { readonly name: string; readonly cluster: Fields }[]
  readonly users?: readonly { readonly name: string; readonly user: Fields }[]
  readonly contexts?: readonly { readonly name: string; readonly context: Fields }[]
  readonly 'current-context'?: string
}

const FILE = 'authorization-webhook-config-file'

/**
 * Returns the authorizer of `--authorization-mode=Webhook`, whose server a kubeconfig names. Source:
 * pkg/kubeapiserver/options/authorization.go, apiserver pkg/util/webhook/webhook.go LoadKubeconfig.
 */
export function authorizationWebhook(flags: ProgramFlags): OutsideAuthorizer {
  const text = fileOf(flags, FILE)
  if (text === undefined)
    throw commandFailed(
      "authorization-mode Webhook's authorization config file not passed: set " +
        '--authorization-webhook-config-file',
    )
  const version = flagOf(flags, 'authorization-webhook-version') ?? 'v1beta1'
  if (version !== 'v1' && version !== 'v1beta1')
    throw commandFailed(
      `unsupported webhook authorizer version "${version}", supported versions are v1, v1beta1`,
    )
  return new OutsideAuthorizer({
    ...serverOf(text, flagOf(flags, FILE) ?? ''),
    version,
    ...ttlOf(flags, 'authorized'),
    ...ttlOf(flags, 'unauthorized'),
  })
}

function ttlOf(
  flags: ProgramFlags,
  which: 'authorized' | 'unauthorized',
): Pick<OutsideAuthorizerOptions, 'authorizedTtl' | 'unauthorizedTtl'> {
  const text = flagOf(flags, `authorization-webhook-cache-${which}-ttl`)
  return text === undefined ? {} : { [`${which}Ttl`]: parseGoDuration(text) }
}

function serverOf(text: string, path: string): OutsideAuthorizerOptions {
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
