export { createNodeIpamController } from './controller.js'
export type { NodeIpamOptions } from './controller.js'
