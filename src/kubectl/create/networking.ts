import { quote } from '../../lang/go/quote.js'
import { dnsSubdomainFaults, portNameFaults, portNumberFaults } from '../../api/validation/names.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { KubectlError } from '../call/errors.js'
import { createGenerated, nameOf, optional } from './generate.js'

type ServiceType = 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName'

/**
 * `kubectl create service clusterip|nodeport|loadbalancer|externalname NAME`. Source: kubectl
 * pkg/cmd/create/create_service.go.
 */
export const service: KubectlCommand = {
  name: 'service',
  aliases: ['svc'],
  commands: [
    { name: 'clusterip', run: (call) => createService(call, 'ClusterIP') },
    { name: 'nodeport', run: (call) => createService(call, 'NodePort') },
    { name: 'loadbalancer', run: (call) => createService(call, 'LoadBalancer') },
    { name: 'externalname', run: (call) => createService(call, 'ExternalName') },
  ],
}

function createService(call: CommandLine, type: ServiceType): void {
  const { flags } = call
  const name = nameOf(call)
  const tcp = flags.strings('tcp')
  const clusterIP = type === 'ClusterIP' ? flags.string('clusterip') : ''
  const externalName = type === 'ExternalName' ? flags.string('external-name') : ''
  if (clusterIP !== 'None' && tcp.length === 0 && type !== 'ExternalName')
    throw new KubectlError('at least one tcp port specifier must be provided')
  if (type === 'ExternalName' && dnsSubdomainFaults(externalName).length > 0)
    throw new KubectlError(`invalid service external name ${externalName}`)
  const nodePort = type === 'NodePort' ? flags.int('node-port') : 0
  const ports = tcp.map((text) => ({
    name: text.replaceAll(':', '-'),
    protocol: 'TCP',
    ...portsOf(text),
    ...(nodePort === 0 ? {} : { nodePort }),
  }))
  const labels = { app: name }
  createGenerated(
    call,
    {
      kind: 'Service',
      apiVersion: 'v1',
      metadata: { name, labels },
      spec: {
        ...optional('ports', ports),
        selector: labels,
        ...optional('clusterIP', clusterIP),
        type,
        ...optional('externalName', externalName),
      },
      status: { loadBalancer: {} },
    },
    `failed to create ${type} service:`,
  )
}

/** Parses `80`, `80:8080`, `80:http`. Source: parsePorts. */
function portsOf(text: string): { readonly port: number; readonly targetPort: number | string } {
  const [first = '', second] = text.split(':')
  const port = parsePort(first)
  if (second === undefined) return { port, targetPort: port }
  const targetPort = /^[+-]?\d+$/.test(second) ? Number(second) : second
  const faults = typeof targetPort === 'number' ? portNumberFaults(targetPort) : portNameFaults(targetPort)
  if (faults.length > 0) throw new KubectlError(faults.join(','))
  return { port, targetPort }
}

/** Source: k8s.io/utils net.ParsePort. */
function parsePort(text: string): number {
  if (!/^\d+$/.test(text)) throw new KubectlError(`strconv.ParseUint: parsing ${quote(text)}: invalid syntax`)
  if (Number(text) > 65535)
    throw new KubectlError(`strconv.ParseUint: parsing ${quote(text)}: value out of range`)
  return Number(text)
}

/** `host/path=service:port[,tls[=secret]]`. Source: kubectl pkg/cmd/create/create_ingress.go regexRule. */
const RULE = new RegExp(
  String.raw`^(?<host>[\w*.-]*)(?<path>/[^=]*)=(?<service>[A-Za-z0-9-]+):(?<port>[A-Za-z0-9-]+)` +
    '(?:,(?<tls>tls(?:=(?<secret>[^,]*))?))?$',
)
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
export const ingress: KubectlCommand = {
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

function annotationsOf({ flags }: CommandLine): Readonly<Record<string, string>> {
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

/** Groups the paths by host; hosts keep the order of their first rule. */
function rulesOf(rules: readonly Rule[]): readonly object[] {
  const hosts = [...new Set(rules.map(({ host }) => host))]
  return hosts.map((host) => ({
    ...optional('host', host),
    http: { paths: rules.filter((rule) => rule.host === host).map(({ path }) => path) },
  }))
}

/** Groups the hosts by secret; the first rule of a host decides. */
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
