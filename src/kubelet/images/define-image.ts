import type { PlainData } from '../../sim/data/plain-data.js'
import { checkDefinition } from './image-schema.js'
import type { ImageDefinition } from './image.js'

/**
 * Defines an image with a typed state: `images: { app: defineImage({ name: 'app', behavior: { ... } }) }`.
 * @throws InputError for an unknown field, or a value of another type
 * @example defineImage({ name: 'migrate', behavior: { start: () => ({ exit: 0 }) } })
 */
export function defineImage<State extends PlainData = PlainData>(
  definition: ImageDefinition<State>,
): ImageDefinition {
  checkDefinition(definition)
  return Object.freeze({ ...definition }) as unknown as ImageDefinition
}
