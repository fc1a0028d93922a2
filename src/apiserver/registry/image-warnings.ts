import type { PodSpec } from '../../api/core/generated.js'
import { workloadTemplate } from '../../api/core/pods/workload-template.js'
import type { KubeObject } from '../../api/kind/definition.js'

/**
 * Returns the warnings about images of a pod, or of the template of a workload, that are probably a slip of
 * the pen. A real server does not look at images; it is the kubelet that cannot pull them.
 */
export function imageWarnings(
  object: KubeObject,
  meantImage: (image: string) => string | undefined,
): readonly string[] {
  const pod = workloadTemplate(object)?.spec ?? (object as { readonly spec?: Partial<PodSpec> }).spec
  const containers = [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])]
  return containers.flatMap(({ image = '' }) => misspelt(image, meantImage))
}

/** Returns what to say of an image that is probably a typo of a well-known one; nothing of others. */
export function misspelt(
  image: string,
  meantImage: (image: string) => string | undefined,
): readonly string[] {
  const meant = image === '' ? undefined : meantImage(image)
  return meant === undefined ? [] : [`nobody has described the image ${image}; did you mean ${meant}?`]
}
