import type { Binding, Node, Pod } from '../../api/core/generated.js'
import type { Draft } from '../../api/kind/draft.js'
import type { AdmissionAttributes, AdmissionPlugin } from './plugin.js'

const LABELS = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone']

/**
 * Labels a pod with the zone and region of its node when it is bound or created on a node. Source:
 * plugin/pkg/admission/podtopologylabels/admission.go (on by default from 1.35).
 */
export const podTopologyLabels: AdmissionPlugin = {
  name: 'PodTopologyLabels',
  resources: ['pods', 'pods/binding'],
  mutate: (attributes, context) => {
    if (attributes.operation !== 'CREATE') return
    const node = context.get<Node>('nodes', '', nodeNameOf(attributes))
    const object = attributes.object as Draft<Pod> | undefined
    if (node === undefined || object === undefined) return
    addLabels(object, node)
  },
}

function nodeNameOf({ object, subresource }: AdmissionAttributes): string {
  const name =
    subresource === 'binding' ? (object as unknown as Binding).target.name : (object as Pod).spec.nodeName
  return name ?? ''
}

function addLabels({ metadata }: Draft<Pod>, node: Node): void {
  const found = LABELS.filter((label) => node.metadata.labels?.[label] !== undefined)
  if (found.length === 0) return
  metadata.labels = {
    ...metadata.labels,
    ...Object.fromEntries(found.map((label) => [label, node.metadata.labels?.[label] as string])),
  }
}
