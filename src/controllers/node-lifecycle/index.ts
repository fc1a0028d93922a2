export { createNodeLifecycleController } from './controller.js'
export type { NodeLifecycleOptions } from './options.js'
