export { createIngressStatusController } from './controller.js'
export type { IngressControllerOptions } from './controller.js'
