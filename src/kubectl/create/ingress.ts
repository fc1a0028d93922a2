import type { Call, Command } from '../call.js'
import { KubectlError } from '../errors.js'
import { createGenerated, nameOf, optional } from './generate.js'

/** `host/path=service:port[,tls[=secret]]`. Source: kubectl pkg/cmd/create/create_ingress.go regexRule. */
const RULE =
  /^(?<host>[\w*.-]*)(?<path>\/[^=]*)=(?<service>[A-Za-z0-9-]+):(?<port>[A-Za-z0-9-]+)(?:,(?<tls>tls(?:=(?<secret>[^,]*))?))?$/
const DEFAULT_BACKEND = /^([A-Za-z0-9-]+):([A-Za-z0-9-]+)$/

interface Rule {
  readonly host: string
  readonly path: object
  readonly tls: boolean
  readonly secret: string
}

/**
 * `kubectl create ingress NAME --rule=host/path=service:port`. Source: kubectl
 * pkg/cmd/create/create_ingress.go.
 */
export const ingress: Command = {
  name: 'ingress',
  aliases: ['ing'],
  run(call) {
    const { flags } = call
    const name = nameOf(call)
    const [texts, fallback, className] = [
      flags.strings('rule'),
      flags.string('default-backend'),
      flags.string('class'),
    ]
    if (fallback === '' && texts.length === 0) throw new KubectlError(NOT_ENOUGH)
    const rules = texts.map(readRule)
    const annotations = annotationsOf(call)
    if (fallback !== '' && !DEFAULT_BACKEND.test(fallback))
      throw new KubectlError('default-backend should be in format servicename:serviceport')
    const [, service = '', port = ''] = DEFAULT_BACKEND.exec(fallback) ?? []
    createGenerated(
      call,
      {
        kind: 'Ingress',
        apiVersion: 'networking.k8s.io/v1',
        metadata: { name, ...optional('annotations', annotations) },
        spec: {
          ...optional('ingressClassName', className),
          ...(fallback === '' ? {} : { defaultBackend: backendOf(service, port) }),
          ...optional('tls', tlsOf(rules)),
          ...optional('rules', rulesOf(rules)),
        },
        status: { loadBalancer: {} },
      },
      'failed to create ingress:',
    )
  },
}

const NOT_ENOUGH =
  'not enough information provided: every ingress has to either specify a default-backend (which ' +
  'catches all traffic) or a list ' +
  'of rules (which catch specific paths)'

function annotationsOf({ flags }: Call): Readonly<Record<string, string>> {
  return Object.fromEntries(
    flags.strings('annotation').map((text) => {
      const at = text.indexOf('=')
      if (at <= 0) throw new KubectlError(`annotation ${text} is invalid and should be in format key=[value]`)
      return [text.slice(0, at), text.slice(at + 1)]
    }),
  )
}

const backendOf = (name: string, port: string): object => ({
  service: { name, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } },
})

function readRule(text: string): Rule {
  const found = RULE.exec(text)?.groups
  if (found === undefined)
    throw new KubectlError(
      `rule ${text} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`,
    )
  const { host = '', path: written = '', service = '', port = '', tls, secret = '' } = found
  const isPrefix = written.endsWith('*')
  const path = isPrefix ? written.slice(0, -1) : written
  return {
    host,
    path: { path, pathType: isPrefix ? 'Prefix' : 'Exact', backend: backendOf(service, port) },
    tls: tls !== undefined,
    secret,
  }
}

/** The paths of a host together, hosts in the order of their first rule. */
function rulesOf(rules: readonly Rule[]): readonly object[] {
  const hosts = [...new Set(rules.map(({ host }) => host))]
  return hosts.map((host) => ({
    ...optional('host', host),
    http: { paths: rules.filter((rule) => rule.host === host).map(({ path }) => path) },
  }))
}

/** The hosts of a secret together; the first word on a host decides. */
function tlsOf(rules: readonly Rule[]): readonly object[] {
  const bySecret = new Map<string, string[]>()
  const seen = new Set<string>()
  for (const { host, tls, secret } of rules) {
    if (!tls || seen.has(host)) continue
    seen.add(host)
    bySecret.set(secret, [...(bySecret.get(secret) ?? []), ...(host === '' ? [] : [host])])
  }
  return [...bySecret].map(([secretName, hosts]) => ({
    ...optional('hosts', hosts),
    ...optional('secretName', secretName),
  }))
}
