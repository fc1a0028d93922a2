import type { Pod } from '../../api/core/generated.js'
import type { Draft } from '../../api/kind/draft.js'
import type { AdmissionAttributes, AdmissionPlugin } from './plugin.js'

const ALWAYS = 'Always'

/**
 * Sets imagePullPolicy to Always, so that a pod cannot use an image that another user's credentials have
 * pulled. Off by default. Source: plugin/pkg/admission/alwayspullimages/admission.go.
 */
export const alwaysPullImages: AdmissionPlugin = {
  name: 'AlwaysPullImages',
  resources: ['pods', 'pods/ephemeralcontainers'],
  mutate: (attributes) => {
    if (attributes.object === undefined || bringsNoImage(attributes)) return
    const { spec } = attributes.object as unknown as Draft<Pod>
    spec.containers = spec.containers.map((container) => ({ ...container, imagePullPolicy: ALWAYS }))
    if (spec.initContainers !== undefined)
      spec.initContainers = spec.initContainers.map((container) => ({
        ...container,
        imagePullPolicy: ALWAYS,
      }))
    if (spec.ephemeralContainers !== undefined)
      spec.ephemeralContainers = spec.ephemeralContainers.map((container) => ({
        ...container,
        imagePullPolicy: ALWAYS,
      }))
    if (spec.volumes?.some(({ image }) => image !== undefined) === true) {
      spec.volumes = spec.volumes.map((volume) =>
        volume.image === undefined ? volume : { ...volume, image: { ...volume.image, pullPolicy: ALWAYS } },
      )
    }
  },
}

/** Whether an update names only images that the pod has named before. */
function bringsNoImage({ operation, object, old }: AdmissionAttributes): boolean {
  if (operation !== 'UPDATE') return false
  const before = new Set(imagesOf(old as Pod))
  return imagesOf(object as Pod).every((image) => before.has(image))
}

function imagesOf({ spec }: Pod): readonly (string | undefined)[] {
  return [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])].map(
    ({ image }) => image,
  )
}
