import { dnsSubdomainFaults, portNameFaults, portNumberFaults } from '../../api/names.js'
import type { Call, Command } from '../call.js'
import { KubectlError } from '../errors.js'
import { createGenerated, nameOf, optional } from './generate.js'

type ServiceType = 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName'

/**
 * `kubectl create service clusterip|nodeport|loadbalancer|externalname NAME`. Source: kubectl
 * pkg/cmd/create/create_service.go.
 */
export const service: Command = {
  name: 'service',
  aliases: ['svc'],
  commands: [
    { name: 'clusterip', run: (call) => createService(call, 'ClusterIP') },
    { name: 'nodeport', run: (call) => createService(call, 'NodePort') },
    { name: 'loadbalancer', run: (call) => createService(call, 'LoadBalancer') },
    { name: 'externalname', run: (call) => createService(call, 'ExternalName') },
  ],
}

function createService(call: Call, type: ServiceType): void {
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

/** Reads `80`, `80:8080`, `80:http`. Source: parsePorts. */
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
  if (!/^\d+$/.test(text))
    throw new KubectlError(`strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`)
  if (Number(text) > 65535)
    throw new KubectlError(`strconv.ParseUint: parsing ${JSON.stringify(text)}: value out of range`)
  return Number(text)
}
