export { createJobController } from './controller.js'
