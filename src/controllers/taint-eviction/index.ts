export { createTaintEvictionController } from './controller.js'
