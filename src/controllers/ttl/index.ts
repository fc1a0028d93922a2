export { createTtlController } from './controller.js'
