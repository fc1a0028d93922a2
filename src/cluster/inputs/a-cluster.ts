import * as z from 'zod/mini'
import { shaped } from '../../api/checked-input.js'

/** A cluster; anything else is a mistake in the order of arguments, or a forgotten `await`. */
export const aCluster: z.ZodMiniType = shaped(
  z.custom(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      'kubectl' in value &&
      typeof value.kubectl === 'function',
    'must be a SimCluster',
  ),
)
