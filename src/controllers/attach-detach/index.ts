export { createAttachDetachController } from './controller.js'
export type { AttachDetachOptions } from './controller.js'
