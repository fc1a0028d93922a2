import { quote } from '../../lang/go/quote.js'
import type { Pod } from '../../api/core/generated.js'

/**
 * What a container does whose image nobody has described, if its command is none of the common programs:
 * - `run`: it runs until it is stopped.
 * - `complete-in-init-and-jobs`: the same, but init containers and pods of Jobs end at once with exit code 0.
 * - `pullError`: it cannot be pulled, as one that no registry has.
 * - `error`: it cannot be started; the message shows how to describe the image.
 */
export type OnUnknownImage = 'run' | 'complete-in-init-and-jobs' | 'pullError' | 'error'

/** Whether a container is expected to end by itself: an init container, or one of a Job's pod. */
export function endsByItself({ metadata, spec }: Pod, container: string): boolean {
  const init = spec.initContainers?.find(({ name }) => name === container)
  if (init !== undefined) return init.restartPolicy !== 'Always'
  return (
    metadata.ownerReferences?.some(({ kind, controller }) => kind === 'Job' && controller === true) === true
  )
}

/** Returns the six lines that would describe an image. */
export function describingText(image: string): string {
  const repository = image.split('@')[0] ?? ''
  const last = repository.slice(repository.lastIndexOf('/') + 1)
  const key = last.split(':')[0] ?? ''
  const name = repository.slice(0, repository.length - last.length) + key
  return `nothing describes the image ${quote(image)}: describe it in the options of the cluster,
images: {
  ${quote(key)}: defineImage({
    name: ${quote(name)},
    behavior: { start: () => ({ log: ['started'] }) },
  }),
}
or set containers.unknownImages to 'run'`
}
