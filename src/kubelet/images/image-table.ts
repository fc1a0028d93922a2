import { synchronousMethods } from '../../lang/synchronous.js'
import type { ContainerBehavior } from '../runtime/behavior.js'
import { fullImageName, hasTag, untaggedImageName } from '../../api/core/pods/image-name.js'
import type { ImageDefinition } from './image.js'

/** An image as a machine knows it; `isKnown` is false if it was never described. */
export interface ImageFacts extends Omit<ImageDefinition, 'name'> {
  readonly isKnown: boolean
}

/** Returns what is known of an image by its full name (`docker.io/library/nginx:1.27`). */
export type ImageRegistry = (fullName: string) => Omit<ImageDefinition, 'name'> | undefined

const UNKNOWN: ImageFacts = { isKnown: false }

/** The images that the options define: constant code and data, so not part of the state. */
export class ImageTable {
  readonly #defined = new Map<string, ImageDefinition>()
  readonly #memo = new Map<string, ImageFacts>()
  readonly #registry: ImageRegistry

  /** `registry` knows the images that `images` does not define. Default: none. */
  constructor(
    images: Readonly<Record<string, ContainerBehavior | ImageDefinition>> = {},
    registry: ImageRegistry = () => undefined,
  ) {
    this.#registry = registry
    for (const [key, image] of Object.entries(images)) {
      if (!isDefinition(image)) continue
      const { behavior } = image
      const checked =
        behavior === undefined
          ? image
          : { ...image, behavior: synchronousMethods(behavior, `the image ${image.name}`) }
      for (const name of [key, image.name]) {
        this.#defined.set(fullImageName(name), checked)
        if (!hasTag(name)) this.#defined.set(untaggedImageName(name), checked)
      }
    }
  }

  /** Returns the facts of an image, named in any form. */
  facts(image: string): ImageFacts {
    const full = fullImageName(image)
    let facts = this.#memo.get(full)
    if (facts === undefined) {
      const found =
        this.#defined.get(full) ?? this.#defined.get(untaggedImageName(full)) ?? this.#registry(full)
      facts = found === undefined ? UNKNOWN : { ...found, isKnown: true }
      this.#memo.set(full, facts)
    }
    return facts
  }

  /** The plain behaviour of an image; undefined if it was never described. */
  behavior(image: string): ContainerBehavior | undefined {
    const facts = this.facts(image)
    return facts.isKnown ? facts : undefined
  }
}

/** Whether it is more than a {@link ContainerBehavior}. */
export function isDefinition(image: ContainerBehavior | ImageDefinition): image is ImageDefinition {
  return 'name' in image
}

/** Returns the simple behaviours of images; one without a tag holds for tags without their own entry. */
export function behaviorsOfImages(
  images: Readonly<Record<string, ContainerBehavior | ImageDefinition>>,
): Map<string, ContainerBehavior> {
  const behaviors = new Map<string, ContainerBehavior>()
  for (const [image, behavior] of Object.entries(images)) {
    if (isDefinition(behavior)) continue
    behaviors.set(fullImageName(image), { ...behavior })
    if (!hasTag(image)) behaviors.set(untaggedImageName(image), { ...behavior })
  }
  // the entry of a tag with a definition: what holds for the other tags is not for it
  for (const [image, behavior] of Object.entries(images))
    if (isDefinition(behavior) && hasTag(image) && behaviors.has(untaggedImageName(image)))
      behaviors.set(fullImageName(image), {})
  return behaviors
}
