import type { ClusterOptions } from '../cluster/compose/options.js'

/**
 * What the clusters of learners have: an image that nobody has described cannot be pulled, as one that no
 * registry has, since whoever mistypes a name should see that.
 */
export const LEARNER: ClusterOptions = { containers: { unknownImages: 'pullError' } }
