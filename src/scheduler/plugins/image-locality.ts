import type { Pod } from '../../api/core/generated.js'
import type { NodeInfo } from '../cache/node-info.js'
import type { NodeSnapshot } from '../cache/snapshot.js'
import type { CycleData } from '../framework/cycle.js'
import type { Plugin } from '../framework/plugin.js'

const NAME = 'ImageLocality'
const MIB = 1024 * 1024
const MIN_SUM = 23 * MIB
const MAX_SUM_PER_CONTAINER = 1000 * MIB

interface PodImages extends CycleData {
  readonly containers: number
  /** The pod's images that some node has, each as often as the pod uses it. */
  readonly images: readonly { readonly name: string; readonly share: number }[]
}

/**
 * Prefers nodes that already have large images of the pod; an image counts more the more nodes have it.
 * Source: plugins/imagelocality.
 */
export const imageLocality: Plugin = {
  name: NAME,
  preScore: ({ pod }, cycle) => {
    const wanted = podImages(pod, cycle.snapshot)
    // every node would get 0
    if (wanted.images.length === 0) return 'skip'
    cycle.data.set(NAME, wanted)
    return undefined
  },
  score: (_, node, cycle) => imageLocalityScore(cycle.data.get(NAME) as PodImages, node),
}

function podImages({ spec }: Pod, snapshot: NodeSnapshot): PodImages {
  const all = [...(spec.initContainers ?? []), ...spec.containers]
  const images: PodImages['images'][number][] = []
  for (const { image = '' } of all) {
    const name = normalizedImageName(image)
    const holders = snapshot.nodesWithImage(name)
    if (holders > 0) images.push({ name, share: holders / snapshot.nodes.length })
  }
  const wanted: PodImages = { containers: all.length, images, clone: () => wanted }
  return wanted
}

function imageLocalityScore({ containers, images }: PodImages, node: NodeInfo): number {
  let sum = 0
  for (const { name, share } of images) sum += Math.trunc((node.images.get(name) ?? 0) * share)
  const max = MAX_SUM_PER_CONTAINER * containers
  const clamped = Math.min(Math.max(sum, MIN_SUM), max)
  return Math.trunc((100 * (clamped - MIN_SUM)) / (max - MIN_SUM))
}

/** Returns the name under which nodes list an image: the tag defaults to `latest`. */
export function normalizedImageName(name: string): string {
  return name.lastIndexOf(':') <= name.lastIndexOf('/') ? `${name}:latest` : name
}
