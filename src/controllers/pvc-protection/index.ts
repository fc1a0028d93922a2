export { createPvcProtectionController } from './controller.js'
