import type { PodTemplateSpec } from '../../api/core/generated.js'
import { writeContainers } from './containers.js'
import { writeAnnotations, writeLabels } from './metadata.js'
import { constraintText, writeTolerations } from './scheduling.js'
import { writeVolumes } from './volumes.js'
import type { DescriptionWriter } from './writer.js'
import { writeList } from './writer.js'

/** What pods are made from. Source: kubectl pkg/describe DescribePodTemplate. */
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
