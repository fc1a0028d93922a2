export { createEndpointSliceMirroringController } from './controller.js'
