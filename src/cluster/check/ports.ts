import type { Probe, Service } from '../../api/core/generated.js'
import type { Ingress, IngressBackend } from '../../api/networking/generated.js'
import type { PodDisruptionBudget } from '../../api/policy/generated.js'
import { nearest } from '../../lang/text/nearest.js'
import type { SimCluster } from '../sim-cluster.js'
import type { VersionFinding } from './finding.js'
import { type Loaded, ofKind } from './load.js'
import type { Makers } from './makers.js'
import { findingAt } from './read-manifests.js'
import { isSelected, runningContainers, type LoadedTemplate } from './templates.js'

/** What ports and selectors are judged by. */
export interface PortContext {
  readonly cluster: SimCluster
  readonly loaded: readonly Loaded[]
  readonly templates: readonly LoadedTemplate[]
  readonly makers: Makers
}

/** Returns the ports and selectors that lead nowhere: of Services, Ingresses, probes and budgets. */
export function findMissingPorts(context: PortContext): readonly VersionFinding[] {
  const { loaded, templates } = context
  return [
    ...ofKind(loaded, 'Service').flatMap((service) => serviceFindings(service, context)),
    ...ofKind(loaded, 'Ingress').flatMap((ingress) => ingressFindings(ingress, context)),
    ...ofKind(loaded, 'PodDisruptionBudget').flatMap((budget) => budgetFindings(budget, context)),
    ...templates.flatMap(probeFindings),
  ]
}

/** Whose labels are near to a selector, to say what may have been meant. */
function labelHint(selector: Readonly<Record<string, string>>, templates: readonly LoadedTemplate[]): string {
  const known = [
    ...new Set(
      templates.flatMap(({ labels }) => Object.entries(labels).map(([key, value]) => `${key}=${value}`)),
    ),
  ]
  for (const [key, value] of Object.entries(selector)) {
    if (known.includes(`${key}=${value}`)) continue
    const meant = nearest(`${key}=${value}`, known)
    if (meant !== undefined) return `; did you mean ${meant}?`
  }
  return ''
}

function idle(
  { source, object }: Loaded,
  selector: Readonly<Record<string, string>>,
  { templates, makers }: PortContext,
): readonly VersionFinding[] {
  const { namespace = 'default' } = object.metadata
  const there = templates.filter((template) => template.namespace === namespace)
  const operator = makers.hasCustomObjects
    ? 'an operator'
    : (makers.withRight('pods', namespace) ??
      makers.withRight('deployments.apps', namespace) ??
      makers.withRight('statefulsets.apps', namespace))
  const shown = Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
  const hint = labelHint(selector, there)
  const isCertain = operator === undefined || hint !== ''
  const message = `the selector ${shown} matches no pod${hint}`
  return [
    findingAt(source, {
      rule: isCertain ? 'no-endpoints' : 'not-checked',
      severity: isCertain ? (object.kind === 'Service' ? 'error' : 'warning') : 'note',
      message: isCertain ? message : `${message} of the manifests; ${operator} may create some`,
      line: source.lines.ofPath(['spec', 'selector']),
    }),
  ]
}

function serviceFindings(loaded: Loaded, context: PortContext): readonly VersionFinding[] {
  const { spec } = loaded.object as Service
  const selector = spec?.selector ?? {}
  if (Object.keys(selector).length === 0 || spec?.type === 'ExternalName') return []
  const { namespace = 'default' } = loaded.object.metadata
  const pods = context.templates.filter(
    (template) => template.namespace === namespace && isSelected(selector, template.labels),
  )
  if (pods.length === 0) return idle(loaded, selector, context)
  return (spec.ports ?? []).flatMap((port, at) => {
    const { targetPort = port.port, protocol = 'TCP' } = port
    const ports = pods.flatMap((pod) => runningContainers(pod).flatMap((container) => container.ports ?? []))
    const isNumber = typeof targetPort === 'number' || /^\d+$/.test(targetPort)
    const hits = ports.some(
      (each) =>
        (isNumber ? each.containerPort === Number(targetPort) : each.name === targetPort) &&
        (each.protocol ?? 'TCP') === protocol,
    )
    // a container need not declare what it listens on
    if (hits || (isNumber && ports.length === 0)) return []
    const known = ports.map(({ name, containerPort }) =>
      name ? `${name} (${containerPort})` : `${containerPort}`,
    )
    const meant = isNumber
      ? undefined
      : nearest(
          targetPort,
          ports.flatMap(({ name }) => name ?? []),
        )
    const hint =
      meant === undefined
        ? known.length === 0
          ? 'they declare no ports'
          : `they declare ${[...new Set(known)].join(', ')}`
        : `did you mean ${meant}?`
    return [
      findingAt(loaded.source, {
        rule: 'missing-port',
        severity: isNumber ? 'warning' : 'error',
        message: isNumber
          ? `port ${port.port} goes to port ${targetPort}, which no container of its pods declares; ${hint}`
          : `port ${port.port} goes to a port named ${targetPort}, which no container of its pods ` +
            `has; ${hint}`,
        line: loaded.source.lines.ofPath(['spec', 'ports', at, 'targetPort']),
      }),
    ]
  })
}

function ingressFindings({ source, object }: Loaded, { cluster }: PortContext): readonly VersionFinding[] {
  const { spec } = object as Ingress
  const { namespace } = object.metadata
  const backends: readonly (IngressBackend | undefined)[] = [
    spec?.defaultBackend,
    ...(spec?.rules ?? []).flatMap(({ http }) => (http?.paths ?? []).map(({ backend }) => backend)),
  ]
  return backends.flatMap((backend) => {
    const { name, port } = backend?.service ?? {}
    const service = cluster.state
      .peek('services', namespace === undefined ? {} : { namespace })
      .find(({ metadata }) => metadata.name === name)
    const ports = service?.spec.ports ?? []
    if (service === undefined || service.spec.type === 'ExternalName' || port === undefined) return []
    const wanted = port.name ?? port.number
    if (wanted === undefined) return []
    if (ports.some((each) => (port.name ? each.name === port.name : each.port === port.number))) return []
    const known = ports.map((each) => (each.name ? `${each.name} (${each.port})` : `${each.port}`)).join(', ')
    return [
      findingAt(source, {
        rule: 'missing-port',
        message: `Service ${namespace ?? ''}/${name ?? ''} has no port ${wanted}; it has ${known}`,
        line: source.lines.ofValue(wanted, ['port', 'servicePort']),
      }),
    ]
  })
}

function budgetFindings(loaded: Loaded, context: PortContext): readonly VersionFinding[] {
  const { selector } = (loaded.object as PodDisruptionBudget).spec ?? {}
  const labels = selector?.matchLabels ?? {}
  const { namespace = 'default' } = loaded.object.metadata
  if (Object.keys(labels).length === 0 || selector?.matchExpressions?.length) return []
  const isUsed = context.templates.some(
    (template) => template.namespace === namespace && isSelected(labels, template.labels),
  )
  return isUsed ? [] : idle(loaded, labels, context)
}

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const

/** Probes of ports by a name that their container does not have. */
function probeFindings(template: LoadedTemplate): readonly VersionFinding[] {
  const { source } = template.owner
  return runningContainers(template).flatMap((container) => {
    const names = (container.ports ?? []).flatMap(({ name }) => name ?? [])
    return PROBES.flatMap((kind) => {
      const probe: Probe | undefined = container[kind]
      const port = probe?.httpGet?.port ?? probe?.tcpSocket?.port
      if (typeof port !== 'string' || /^\d+$/.test(port) || names.includes(port)) return []
      const meant = nearest(port, names)
      const there = names.length === 0 ? 'it names none' : `it has ${names.join(', ')}`
      return [
        findingAt(source, {
          rule: 'missing-port',
          message:
            `the ${kind} of container ${container.name} asks port ${port}, which the container ` +
            'does not name; ' +
            (meant === undefined ? there : `did you mean ${meant}?`),
          line: source.lines.ofValue(port, [kind]),
        }),
      ]
    })
  })
}
