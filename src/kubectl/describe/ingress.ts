import type {
  Ingress,
  IngressBackend,
  IngressClass,
  IngressServiceBackend,
} from '../../api/networking/generated.js'
import { isApiError } from '../../client/api-error.js'
import type { DescribeContext } from './describer.js'
import { writeHead, writeObjectEvents } from './describer.js'
import { writeAnnotations, writeLabels } from './metadata.js'
import { endpointsText, slicesOf } from './services.js'
import type { DescriptionWriter } from './writer.js'

/** `kubectl describe ingress`. Source: kubectl pkg/describe describeIngressV1. */
export function describeIngress(out: DescriptionWriter, ingress: Ingress, context: DescribeContext): void {
  const { metadata, spec, status } = ingress
  const { namespace = '' } = metadata
  out.line(0, `Name:\t${metadata.name ?? ''}`)
  writeLabels(out, 'Labels', metadata.labels)
  out.line(0, `Namespace:\t${namespace}`)
  const addresses = (status.loadBalancer?.ingress ?? [])
    .map(({ ip = '', hostname = '' }) => ip || hostname)
    .filter((text) => text !== '')
  out.line(0, `Address:\t${[...new Set(addresses)].sort().join(',')}`)
  out.line(0, `Ingress Class:\t${spec.ingressClassName ?? '<none>'}`)
  const fallback =
    spec.defaultBackend === undefined ? '<default>' : backendText(context, namespace, spec.defaultBackend)
  out.line(0, `Default backend:\t${fallback}`)
  if ((spec.tls ?? []).length > 0) out.line(0, 'TLS:')
  for (const { secretName = '', hosts = [] } of spec.tls ?? []) {
    out.line(
      1,
      secretName === '' ? `SNI routes ${hosts.join(',')}` : `${secretName} terminates ${hosts.join(',')}`,
    )
  }
  out.line(0, 'Rules:')
  out.line(1, 'Host\tPath\tBackends')
  out.line(1, '----\t----\t--------')
  const rules = (spec.rules ?? []).filter(({ http }) => http !== undefined)
  for (const { host = '', http } of rules) {
    out.line(1, `${host === '' ? '*' : host}\t`)
    for (const { path = '', backend } of http?.paths ?? [])
      out.line(2, `\t${path} \t${backendText(context, namespace, backend)}`)
  }
  if (rules.length === 0) out.line(1, `*\t*\t${fallback}`)
  writeAnnotations(out, metadata.annotations)
  writeObjectEvents(out, ingress, context)
}

function backendText(
  { client }: DescribeContext,
  namespace: string,
  { service, resource }: IngressBackend,
): string {
  if (service !== undefined) {
    const text = `${service.name}:${portText(service)}`
    try {
      const slices = slicesOf(client, namespace, service.name)
      const { spec } = client.get('services', { namespace, name: service.name })
      const { number = 0, name = '' } = service.port ?? {}
      const port = spec.ports?.findLast(
        (one) => (number !== 0 && number === one.port) || (name !== '' && name === one.name),
      )
      return `${text} (${endpointsText(slices, port?.name ?? '')})`
    } catch (error) {
      if (isApiError(error)) return `${text} (<error: ${error.message}>)`
      throw error
    }
  }
  return resource === undefined
    ? ''
    : `APIGroup: ${resource.apiGroup ?? '<none>'}, Kind: ${resource.kind}, Name: ${resource.name}`
}

function portText({ port }: IngressServiceBackend): string {
  const { number = 0, name = '' } = port ?? {}
  return number === 0 ? name : String(number)
}

/** `kubectl describe ingressclass`. Source: kubectl pkg/describe describeIngressClassV1. */
export function describeIngressClass(
  out: DescriptionWriter,
  { metadata, spec, ...rest }: IngressClass,
  context: DescribeContext,
): void {
  writeHead(out, { metadata })
  out.line(0, `Controller:\t${spec?.controller ?? ''}`)
  const parameters = spec?.parameters
  if (parameters !== undefined) {
    out.line(0, 'Parameters:')
    if (parameters.apiGroup !== undefined) out.line(1, `APIGroup:\t${parameters.apiGroup}`)
    out.line(1, `Kind:\t${parameters.kind}`)
    out.line(1, `Name:\t${parameters.name}`)
  }
  writeObjectEvents(out, { ...rest, metadata }, context)
}
