export { createPvProtectionController } from './controller.js'
