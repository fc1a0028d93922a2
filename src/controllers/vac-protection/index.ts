export { createVacProtectionController } from './controller.js'
