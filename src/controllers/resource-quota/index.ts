export { createResourceQuotaController } from './controller.js'
export type { ResourceQuotaControllerOptions } from './controller.js'
