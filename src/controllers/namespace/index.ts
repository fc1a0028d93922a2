export { createNamespaceController } from './controller.js'
export type { NamespaceControllerOptions } from './controller.js'
