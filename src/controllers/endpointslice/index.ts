export { createEndpointSliceController } from './controller.js'
