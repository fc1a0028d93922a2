import { printYaml } from '../../lang/yaml/print.js'
import { formatProof } from '../format-proof.js'
import type { EndpointRef, World, WorldPod } from '../world.js'
import type { CounterConnection } from './compare.js'

/** `{app: db}`, or `no labels`. */
const labelText = (labels: Readonly<Record<string, string>> | undefined): string => {
  const all = Object.entries(labels ?? {}).map(([key, value]) => `${key}: ${value}`)
  return all.length === 0 ? 'no labels' : `the labels {${all.join(', ')}}`
}

function podAt(world: World, end: EndpointRef): WorldPod | undefined {
  const name = typeof end === 'string' ? end : 'pod' in end ? `${end.namespace ?? 'default'}/${end.pod}` : ''
  return world.pods?.find(({ metadata }) => `${metadata.namespace ?? 'default'}/${metadata.name}` === name)
}

/** An end of the connection in words. */
function endText(world: World, end: EndpointRef): string {
  const pod = podAt(world, end)
  if (pod !== undefined) {
    const { namespace = 'default', name, labels } = pod.metadata
    const of = world.namespaces?.find(({ metadata }) => metadata.name === namespace)
    const place = `in a namespace with ${labelText(of?.metadata.labels)}`
    return `the pod ${namespace}/${name} with ${labelText(labels)}, ${place}`
  }
  if (typeof end === 'string') return end === 'external' ? 'an address outside the cluster' : end
  if ('node' in end) return `the node ${end.node}`
  return Object.values(end).map(String).join('/')
}

/**
 * Returns a counter-example to the claim of `checkReachedOnlyBy` as prose, with the smallest cluster in which
 * it shows: who else reaches which pod on which port, the decision of the policies, and the objects.
 */
export function reachText({ world, connection, a, b }: CounterConnection): string {
  const { from, to, port, protocol = 'TCP' } = connection
  const objects = [
    ...(world.namespaces ?? []).map((each) => ({ apiVersion: 'v1', kind: 'Namespace', ...each })),
    ...(world.nodes ?? []).map((each) => ({ apiVersion: 'v1', kind: 'Node', ...each })),
    ...(world.pods ?? []).map((each) => ({ apiVersion: 'v1', kind: 'Pod', ...each })),
  ]
  return [
    `${endText(world, from)} reaches ${endText(world, to)} on port ${port ?? 'any'}/${protocol}, ` +
      'and is not among those of the claim.',
    `The policies allow it:\n${formatProof(a)}`,
    `The claim does not:\n${formatProof(b)}`,
    `The smallest cluster in which it does:\n${objects.map((each) => printYaml(each)).join('---\n')}`,
  ].join('\n\n')
}
