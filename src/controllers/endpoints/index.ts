export { createEndpointsController } from './controller.js'
