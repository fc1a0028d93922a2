import type { ClusterOptions } from '../cluster/compose/options.js'

/**
 * Options of the clusters of learners. An image without a description cannot be pulled, so that whoever
 * mistypes a name sees it.
 */
export const LEARNER: ClusterOptions = { containers: { unknownImages: 'pullError' } }
