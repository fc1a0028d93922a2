import { quote } from '../../lang/go/quote.js'
import type { Deployment } from '../../api/apps/generated.js'
import type { ContainerPort, Pod, PodSpec, ReplicationController, Service } from '../../api/core/generated.js'
import type { LabelSelector } from '../../api/meta/generated.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { createFor, labelsOf, optional } from '../create/generate.js'
import type { Generated } from '../create/generate.js'
import { KubectlError } from '../call/errors.js'
import { kindName } from '../args/kinds.js'
import type { Info } from '../args/resource-args.js'
import { forSelected } from '../args/selected.js'
import { byKey } from '../../lang/text/order.js'
import type { Labels } from '../../api/selectors/labels.js'

interface Port {
  readonly port: number
  readonly protocol: string
}

/** `kubectl expose TYPE/NAME --port=N`. Source: kubectl pkg/cmd/expose/expose.go. */
export const expose: KubectlCommand = {
  name: 'expose',
  run(call) {
    forSelected(call, call.args, (info) => createFor(call, info, serviceFor(call, info), 'exposed'), {
      allowEmptySelector: false,
      selector: '',
    })
  },
}

function serviceFor(call: CommandLine, info: Info): Generated {
  const { flags } = call
  if (!EXPOSABLE.has(info.definition.kind)) throw new KubectlError(`cannot expose a ${kindText(info)}`)
  const name = (flags.string('name') || info.name).slice(0, 63)
  const selector =
    flags.string('selector') === '' ? found(() => selectorFor(info)) : labelsOf(flags.string('selector'))
  const known = portsFor(info)
  const clusterIP = flags.string('cluster-ip')
  const wanted =
    flags.string('port') === '' ? known.map(({ port }) => String(port)) : flags.string('port').split(',')
  if (wanted.length === 0 && clusterIP !== 'None')
    throw new KubectlError("couldn't find port via --port flag or introspection")
  const labels = flags.has('labels')
    ? labelsOf(flags.string('labels'))
    : sorted(info.object.metadata.labels ?? {})
  const ports = wanted.map((text, at) => ({
    ...(wanted.length > 1 ? { name: `port-${at + 1}` } : {}),
    ...portOf(call, text, known),
  }))
  return {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name, ...optional('labels', labels) },
    spec: {
      ...optional('ports', ports),
      selector: sorted(selector),
      ...optional('clusterIP', clusterIP),
      ...optional('type', flags.string('type')),
      ...optional('externalIPs', flags.string('external-ip') === '' ? [] : [flags.string('external-ip')]),
      ...optional('sessionAffinity', flags.string('session-affinity')),
      ...(flags.string('type') === 'LoadBalancer'
        ? optional('loadBalancerIP', flags.string('load-balancer-ip'))
        : {}),
    },
    status: { loadBalancer: {} },
  }
}

const EXPOSABLE: ReadonlySet<string> = new Set([
  'ReplicationController',
  'Service',
  'Pod',
  'Deployment',
  'ReplicaSet',
])

const kindText = ({ definition }: Info): string =>
  definition.group === '' ? definition.kind : kindName(definition).replace(/^[^.]+/, definition.kind)

function portOf({ flags }: CommandLine, text: string, known: readonly Port[]): object {
  const port = /^[+-]?\d+$/.test(text) ? Number(text) : undefined
  if (port === undefined) throw new KubectlError(`strconv.Atoi: parsing ${quote(text)}: invalid syntax`)
  const protocol = flags.string('protocol') || known.find((one) => one.port === port)?.protocol || 'TCP'
  const target = flags.string('target-port')
  return { protocol, port, targetPort: target === '' ? port : /^\d+$/.test(target) ? Number(target) : target }
}

function sorted(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).sort(byKey))
}

function found(selector: () => Labels): Labels {
  try {
    return selector()
  } catch (error) {
    throw error instanceof KubectlError
      ? new KubectlError(`couldn't retrieve selectors via --selector flag or introspection: ${error.message}`)
      : error
  }
}

/** Labels that select the pods. Source: polymorphichelpers/mapbasedselectorforobject.go. */
function selectorFor({ definition, object }: Info): Labels {
  switch (definition.kind) {
    case 'Pod': {
      const { labels = {} } = object.metadata
      if (Object.keys(labels).length === 0)
        throw new KubectlError('the pod has no labels and cannot be exposed')
      return labels
    }
    case 'Service': {
      const { selector } = (object as Service).spec
      if (selector === undefined) throw new KubectlError('the service has no pod selector set')
      return selector
    }
    case 'ReplicationController':
      return (object as ReplicationController).spec.selector ?? {}
    default:
      return plain((object as Deployment).spec.selector)
  }
}

function plain({ matchLabels, matchExpressions = [] }: LabelSelector): Labels {
  if (matchExpressions.length > 0)
    throw new KubectlError(
      `couldn't convert expressions - ${quote(JSON.stringify(matchExpressions))} to ` +
        'map-based selector format',
    )
  if (matchLabels === undefined || Object.keys(matchLabels).length === 0)
    throw new KubectlError('invalid deployment: no selectors, therefore cannot be exposed')
  return matchLabels
}

/** Ports of an object. Source: polymorphichelpers/portsforobject.go. */
function portsFor({ definition, object }: Info): readonly Port[] {
  if (definition.kind === 'Service')
    return ((object as Service).spec.ports ?? []).map(({ port, protocol = 'TCP' }) => ({ port, protocol }))
  const spec: PodSpec | undefined =
    definition.kind === 'Pod' ? (object as Pod).spec : (object as Deployment).spec.template.spec
  const ports: readonly ContainerPort[] = spec?.containers.flatMap((one) => one.ports ?? []) ?? []
  return ports.map(({ containerPort, protocol = 'TCP' }) => ({ port: containerPort, protocol }))
}
