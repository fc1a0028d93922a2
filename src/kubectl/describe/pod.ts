import type { Pod, PodTemplateSpec, Toleration, TopologySpreadConstraint } from '../../api/core/generated.js'
import { ageText } from '../../lang/go/duration.js'
import { formatSelector } from '../../api/selectors/labels.js'
import { writeContainers, writeResources } from './containers.js'
import type { DescribeContext } from './describer.js'
import { writeObjectEvents } from './describer.js'
import { writeVolumes } from './volumes.js'
import type { DescriptionWriter } from './writer.js'
import { longTime, writeAnnotations, writeLabels, writeList } from './writer.js'

/** `kubectl describe pod`. Source: kubectl pkg/describe describePod. */
export function describePod(out: DescriptionWriter, pod: Pod, context: DescribeContext): void {
  const { metadata, spec, status } = pod
  writeHead(out, pod)
  writeLabels(out, 'Labels', metadata.labels)
  writeAnnotations(out, metadata.annotations)
  writeStatus(out, pod, context.now)
  if (spec.resources !== undefined) {
    out.line(0, 'Resources:')
    writeResources(out, 1, spec.resources)
  }
  const { initContainers = [], ephemeralContainers = [] } = spec
  if (initContainers.length > 0)
    writeContainers(out, 'Init Containers', initContainers, { pod, statuses: status.initContainerStatuses })
  writeContainers(out, 'Containers', spec.containers, { pod, statuses: status.containerStatuses })
  if (ephemeralContainers.length > 0)
    writeContainers(out, 'Ephemeral Containers', ephemeralContainers as Pod['spec']['containers'], {
      pod,
      statuses: status.ephemeralContainerStatuses,
    })
  writeConditions(out, pod)
  writeVolumes(out, spec.volumes ?? [])
  if (status.qosClass !== undefined) out.line(0, `QoS Class:\t${status.qosClass}`)
  writeLabels(out, 'Node-Selectors', spec.nodeSelector)
  writeTolerations(out, 'Tolerations', spec.tolerations)
  const constraints = spec.topologySpreadConstraints ?? []
  if (constraints.length > 0) writeList(out, 'Topology Spread Constraints', constraints.map(constraintText))
  writeObjectEvents(out, pod, context)
}

function writeHead(out: DescriptionWriter, { metadata, spec, status }: Pod): void {
  out.line(0, `Name:\t${metadata.name ?? ''}`)
  out.line(0, `Namespace:\t${metadata.namespace ?? ''}`)
  if (spec.priority !== undefined) out.line(0, `Priority:\t${spec.priority}`)
  if ((spec.priorityClassName ?? '') !== '') out.line(0, `Priority Class Name:\t${spec.priorityClassName}`)
  if ((spec.runtimeClassName ?? '') !== '') out.line(0, `Runtime Class Name:\t${spec.runtimeClassName}`)
  if ((spec.serviceAccountName ?? '') !== '') out.line(0, `Service Account:\t${spec.serviceAccountName}`)
  const { nodeName = '' } = spec
  out.line(0, `Node:\t${nodeName === '' ? '<none>' : `${nodeName}/${status.hostIP ?? ''}`}`)
  if (typeof status.startTime === 'string') out.line(0, `Start Time:\t${longTime(status.startTime)}`)
}

function writeStatus(out: DescriptionWriter, { metadata, spec, status }: Pod, now: number): void {
  const ended = status.phase === 'Failed' || status.phase === 'Succeeded'
  if (metadata.deletionTimestamp !== undefined && !ended) {
    out.line(0, `Status:\tTerminating (lasts ${ageText(metadata.deletionTimestamp, now)})`)
    out.line(0, `Termination Grace Period:\t${metadata.deletionGracePeriodSeconds ?? 0}s`)
  } else out.line(0, `Status:\t${status.phase ?? ''}`)
  if ((status.reason ?? '') !== '') out.line(0, `Reason:\t${status.reason}`)
  if ((status.message ?? '') !== '') out.line(0, `Message:\t${status.message}`)
  const seccomp = spec.securityContext?.seccompProfile
  if (seccomp !== undefined) {
    out.line(0, `SeccompProfile:\t${seccomp.type}`)
    if (seccomp.localhostProfile !== undefined) out.line(0, `LocalhostProfile:\t${seccomp.localhostProfile}`)
  }
  out.line(0, `IP:\t${status.podIP ?? ''}`)
  const { podIPs = [] } = status
  out.line(0, podIPs.length === 0 ? 'IPs:\t<none>' : 'IPs:')
  for (const { ip } of podIPs) out.line(1, `IP:\t${ip}`)
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true)
  if (owner !== undefined) out.line(0, `Controlled By:\t${owner.kind}/${owner.name}`)
  if ((status.nominatedNodeName ?? '') !== '') out.line(0, `NominatedNodeName:\t${status.nominatedNodeName}`)
}

function writeConditions(out: DescriptionWriter, { spec, status }: Pod): void {
  const { conditions = [] } = status
  const { readinessGates = [] } = spec
  if (readinessGates.length > 0) {
    out.line(0, 'Readiness Gates:')
    out.line(1, 'Type\tStatus')
    for (const { conditionType } of readinessGates) {
      out.line(
        1,
        `${conditionType} \t${conditions.find(({ type }) => type === conditionType)?.status ?? '<none>'} `,
      )
    }
  }
  if (conditions.length === 0) return
  out.line(0, 'Conditions:')
  out.line(1, 'Type\tStatus')
  for (const { type, status: value } of conditions) out.line(1, `${type} \t${value} `)
}

/** Describes a pod template. Source: kubectl pkg/describe DescribePodTemplate. */
export function writePodTemplate(out: DescriptionWriter, { metadata, spec }: PodTemplateSpec): void {
  out.line(0, 'Pod Template:')
  writeLabels(out, '  Labels', metadata.labels)
  if (Object.keys(metadata.annotations ?? {}).length > 0)
    writeAnnotations(out, metadata.annotations, '  Annotations')
  const {
    serviceAccountName = '',
    initContainers = [],
    containers,
    volumes = [],
    topologySpreadConstraints = [],
    priorityClassName = '',
  } = spec
  if (serviceAccountName !== '') out.line(1, `Service Account:\t${serviceAccountName}`)
  if (initContainers.length > 0) writeContainers(out, 'Init Containers', initContainers, { indent: '  ' })
  writeContainers(out, 'Containers', containers, { indent: '  ' })
  writeVolumes(out, volumes, '  ')
  if (topologySpreadConstraints.length > 0)
    writeList(out, '  Topology Spread Constraints', topologySpreadConstraints.map(constraintText))
  if (priorityClassName !== '') out.line(1, `Priority Class Name:\t${priorityClassName}`)
  writeLabels(out, '  Node-Selectors', spec.nodeSelector)
  writeTolerations(out, '  Tolerations', spec.tolerations)
}

/** Writes tolerations sorted by key. Source: kubectl pkg/describe printTolerationsMultilineWithIndent. */
function writeTolerations(
  out: DescriptionWriter,
  title: string,
  tolerations: readonly Toleration[] = [],
): void {
  const keyOf = ({ key = '' }: Toleration): string => key
  writeList(
    out,
    title,
    tolerations
      .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0))
      .map(tolerationText),
  )
}

function tolerationText({
  key = '',
  value = '',
  effect = '' as NonNullable<Toleration['effect']>,
  operator,
  tolerationSeconds,
}: Toleration): string {
  const head = `${key}${value === '' ? '' : `=${value}`}${(effect as string) === '' ? '' : `:${effect}`}`
  const exists = operator === 'Exists' && value === '' ? `${head === '' ? '' : ' '}op=Exists` : ''
  return `${head}${exists}${tolerationSeconds === undefined ? '' : ` for ${tolerationSeconds}s`}`
}

/** Formats `zone:DoNotSchedule when max skew 1 is exceeded for selector app=web`. */
function constraintText({
  topologyKey,
  whenUnsatisfiable,
  maxSkew,
  labelSelector,
}: TopologySpreadConstraint): string {
  const selector = labelSelector === undefined ? '' : ` for selector ${formatSelector(labelSelector)}`
  return `${topologyKey}:${whenUnsatisfiable} when max skew ${maxSkew} is exceeded${selector}`
}
