export { createDaemonSetController } from './controller.js'
