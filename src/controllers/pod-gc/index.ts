export { createPodGcController } from './controller.js'
export type { PodGcOptions } from './controller.js'
